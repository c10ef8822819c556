"""What each step of ranking contributes: from plain BM25 upwards, and all steps but one.

Run: python -m benchmarks.ablation [FOLDER]   (FOLDER holds `med/` and `cisi/`)

Measures with the real engine, some of whose names are patched meanwhile. Columns: nDCG@10 of the
judged collections; the percentage of the golden set's queries for which a right page is first, and
among the first three. Prints Markdown; takes about ten minutes.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.corpus import DEFAULT
from benchmarks.relevance import FOLDER, REFERENCES, answer, documents
from tests.search.golden import Wanted, golden_documents, read_golden
from wiki.search import documents as indexed
from wiki.search.analysis import analyzer
from wiki.search.documents import Document
from wiki.search.index import snapshot
from wiki.search.index.manifest import make_current
from wiki.search.index.segment_store import SegmentStore
from wiki.search.position import Position
from wiki.search.query import spelling
from wiki.search.query.matching import Mask
from wiki.search.ranking import boosts, engine, query_expansion, scoring
from wiki.search.service import Search

NEVER = sys.maxsize


def _as_written(word: str) -> str:
    return word


def _never(*_: Any) -> bool:
    return False


def _one(*_: Any) -> float:
    return 1.0


def _nothing(*_: Any) -> None:
    return None


def _names_none(of: snapshot.Snapshot, *_: Any) -> Mask:
    return np.zeros(of.size, bool)


def _once(asked: query_expansion.ExpandedQuery, term: str, weight: float) -> None:
    asked.terms[term] = max(asked.terms.get(term, 0.0), weight)


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and what replaces its names when it is off: owner, name, value.

    `is_indexed`: pages are analysed differently without it.
    """

    name: str
    instead: tuple[tuple[Any, str, Any], ...]
    is_indexed: bool = False


STEPS: tuple[Step, ...] = (
    Step("repeated query words count again", ((query_expansion.ExpandedQuery, "add_term", _once),)),
    Step(
        "stems (Porter2)",
        tuple(
            (module, "stem", _as_written)
            for module in (analyzer, query_expansion, engine, spelling)
        ),
        is_indexed=True,
    ),
    Step(
        "stop words left out",
        tuple((module, "is_stop_word", _never) for module in (query_expansion, engine, spelling)),
    ),
    Step("clustered words count more", ((snapshot, "residual_idf_factor", _one),)),
    Step(
        "titles, tags, headings weigh more",
        tuple((indexed, f"{part}_WEIGHT", 1.0) for part in ("TITLE", "TAG", "HEADING")),
        is_indexed=True,
    ),
    Step(
        "nearer forms count more",
        ((scoring, "STEM_SHARE", 1.0), (scoring, "PREFIX_FORM_SHARE", 1.0)),
    ),
    Step("prefixes of words", ((query_expansion, "MIN_PREFIX_LETTERS", NEVER),)),
    Step(
        "similar words, corrections",
        (
            (spelling.Speller, "correct", _nothing),
            (spelling.Speller, "_find_closest", lambda *_: []),
        ),
    ),
    Step("pseudo-relevance feedback", ((scoring, "FEEDBACK_MIN_QUERY", NEVER),)),
    Step("words close together", ((scoring, "PROXIMITY_SHARE", 0.0),)),
    Step(
        "texts of links",
        ((engine, "add_link_texts", _names_none), (indexed, "_discount_links", _nothing)),
        is_indexed=True,
    ),
    Step("copied passages", ((engine, "boost_passages", _never),)),
    Step("all keywords", ((scoring, "ALL_TERMS_BONUS", 0.0),)),
    Step("all query words in the title", ((scoring, "TITLE_BONUS", 0.0),)),
    Step("the whole title in the query", ((scoring, "WHOLE_TITLE_BONUS", 0.0),)),
    Step("prefixes of titles", ((scoring, "TITLE_PREFIX_BONUS", 0.0),)),
    Step("the exact title or path", ((boosts, "_boost_exact_names", _names_none),)),
)


@contextmanager
def without(*steps: Step) -> Iterator[None]:
    """Switch steps off."""
    caches = (analyzer.analyze, boosts._title_terms)
    with ExitStack() as stack:
        for step in steps:
            for owner, name, value in step.instead:
                stack.enter_context(patch.object(owner, name, value))
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


class Collections:
    """The collections, indexed once for each way of reading pages."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.root = root
        self.golden: list[Wanted] = read_golden()
        self.pages: list[Document] = list(golden_documents(DEFAULT))
        self.paths = {page.page_id: page.path for page in self.pages}

    def figures(self, off: tuple[Step, ...]) -> list[float]:
        """Measured without some steps: as the columns have them."""
        with without(*off):
            judged = [answer(self._search(name, off), self.folder / name) for name in REFERENCES]
            search = self._search("golden", off)
            ranks = [self._rank(search, one) for one in self.golden]
        return judged + [100 * sum(rank < depth for rank in ranks) / len(ranks) for depth in (1, 3)]

    def _rank(self, search: Search, one: Wanted) -> int:
        hits = search.search(one.query, count=3).hits
        found = [self.paths[hit.page_id] in one.paths for hit in hits]
        return found.index(True) if True in found else NEVER

    def _search(self, name: str, off: tuple[Step, ...]) -> Search:
        read_as = "-".join(str(STEPS.index(step)) for step in off if step.is_indexed)
        root = self.root / f"{name}-{read_as}"
        if not root.exists():
            root.mkdir()
            store = SegmentStore.create(root, Position())
            store.fill(
                iter(self.pages) if name == "golden" else documents(self.folder / name), Position()
            )
            make_current(root, store.folder)
        return Search(root)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as root:
        collections = Collections(folder, Path(root))
        print("| Steps | MED | CISI | first | first three |\n|---|---|---|---|---|")
        rows: list[tuple[str, tuple[Step, ...]]] = [("BM25 of one field", STEPS)]
        rows += [(f"+ {step.name}", STEPS[at:]) for at, step in enumerate(STEPS, 1)]
        rows += [(f"all, without: {step.name}", (step,)) for step in STEPS]
        for name, off in rows:
            med, cisi, first, three = collections.figures(off)
            print(f"| {name} | {med:.4f} | {cisi:.4f} | {first:.1f} | {three:.1f} |", flush=True)


if __name__ == "__main__":
    main()
