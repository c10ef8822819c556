"""Compares search with and without meaning on judged collections and queries by class.

Run: python -m benchmarks.search.meaning [FOLDER] [COLLECTION...]   (FOLDER holds `med/` and
`cisi/`; collections: med cisi own golden). It needs the extra `meaning`, and a processor for ten
minutes.
"""

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.search.relevance import FOLDER, documents, gains
from tests.search import golden, judged_queries
from wiki.search.document_source import DocumentSource
from wiki.search.documents import Document
from wiki.search.index.manifest import make_current
from wiki.search.index.segment_store import SegmentStore
from wiki.search.meaning.encoder import Encoder
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.vector_backfill import VectorBackfill
from wiki.search.meaning.vectors import Vector
from wiki.search.position import Position
from wiki.search.service import Search

DEPTHS = (1, 3, 5, 10)
# A class, a query, and the paths of the pages that answer it.
Asked = tuple[str, str, tuple[str, ...]]


class InProcess:
    """Encodes in this process, and records the time for queries."""

    def __init__(self) -> None:
        self.encoder = Encoder()
        self.seconds: list[float] = []

    def vector(self, text: str) -> Vector:
        began = time.perf_counter()
        try:
            return self.encoder.encode(text)
        finally:
            self.seconds.append(time.perf_counter() - began)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    chosen = sys.argv[2:] or ["med", "cisi", "own", "golden"]
    encoding = InProcess()
    for name in chosen:
        with tempfile.TemporaryDirectory() as root:
            if name in {"med", "cisi"}:
                plain, meant = _searches(Path(root), list(documents(folder / name)), encoding)
                for search, told in ((plain, "words"), (meant, "words and meaning")):
                    scores = gains(search, folder / name)
                    print(f"{name:7} nDCG@10 {sum(scores) / len(scores):.4f}  {told}", flush=True)
            else:
                pages = list(_pages(name, folder))
                paths = {page.page_id: page.path for page in pages}
                plain, meant = _searches(Path(root), pages, encoding)
                for search, told in ((plain, "words"), (meant, "words and meaning")):
                    _print_recall(name, search, list(_asked(name)), paths, told)
    seconds = sorted(encoding.seconds)
    print(f"a query is encoded in {1000 * seconds[len(seconds) // 2]:.1f} ms")


def _pages(name: str, folder: Path) -> Iterator[Document]:
    if name == "own":
        return judged_queries.judged_pages()
    return golden.golden_documents(folder.parent.parent / "corpus" / "pages.jsonl.gz")


def _asked(name: str) -> Iterator[Asked]:
    if name == "own":
        yield from ((one.kind, one.text, one.paths) for one in judged_queries.judged_queries())
    else:
        yield from ((one.kind, one.query, one.paths) for one in golden.read_golden())
    for line in judged_queries.MEANINGS[name].read_text(encoding="utf-8").splitlines():
        query, paths = line.split("\t")
        yield "meaning", query, tuple(paths.split("|"))


def _searches(root: Path, pages: Sequence[Document], encoding: InProcess) -> tuple[Search, Search]:
    """Index and encode pages; returns a search without and one with meaning."""
    store = SegmentStore.create(root, Position())
    store.fill(pages, Position())
    make_current(root, store.folder)
    by_id = {page.page_id: page for page in pages}
    states = [(page.page_id, page.revision_number) for page in pages]
    source = DocumentSource(
        lambda ids: {page: by_id[page] for page in ids if page in by_id}, lambda: states
    )
    plain, meant = Search(root), Search(root, Meaning(root))
    assert meant.meaning is not None
    meant.meaning.asker = encoding  # type: ignore[assignment]
    snapshot = plain.index.snapshot()
    assert snapshot is not None
    filler, began = VectorBackfill(root, source, encoding.encoder.encode), time.process_time()
    while filler.fill(snapshot):
        pass
    passages = sum(len(vectors.codes) for vectors, _ in filler.folder.each(snapshot))
    spent = time.process_time() - began
    print(f"{len(pages)} pages, {passages} passages, {passages / spent:.0f} a second", flush=True)
    return plain, meant


def _print_recall(
    name: str, search: Search, asked: Sequence[Asked], paths: Mapping[int, str], told: str
) -> None:
    ranks: dict[str, list[int]] = defaultdict(list)
    for kind, query, wanted in asked:
        hits = search.search(query, count=DEPTHS[-1]).hits
        found = [rank for rank, hit in enumerate(hits) if paths[hit.page_id] in wanted]
        ranks[kind].append(min(found, default=DEPTHS[-1]))
    ranks["all but meaning"] = [r for kind, of in ranks.items() if kind != "meaning" for r in of]
    for kind, of_kind in sorted(ranks.items()):
        shares = (100 * sum(rank < depth for rank in of_kind) / len(of_kind) for depth in DEPTHS)
        print(f"{name:7} {kind:15}", *(f"{share:6.1f}" for share in shares), f" {told}", flush=True)


if __name__ == "__main__":
    main()
