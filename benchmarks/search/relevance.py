"""Measures nDCG@10 of the real engine on judged collections, beside reference values.

Run: python -m benchmarks.search.relevance [FOLDER]   (FOLDER holds `med/` and `cisi/`)
"""

import json
import math
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from wiki.search.documents import Document
from wiki.search.index.manifest import make_current
from wiki.search.index.segment_store import SegmentStore
from wiki.search.position import Position
from wiki.search.service import Search

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "relevance"
# nDCG@10 of the best BM25 of other engines on the same collections.
REFERENCES = {"med": 0.7125, "cisi": 0.3912}
DEPTH = 10


def ndcg(ranked: list[str], judged: dict[str, float]) -> float:
    """nDCG@10 with linear gain and discount 1 / log2(rank + 1), as in `trec_eval`."""
    gain = sum(judged.get(name, 0) / math.log2(rank + 2) for rank, name in enumerate(ranked))
    ideal = sorted(judged.values(), reverse=True)[:DEPTH]
    return gain / (sum(value / math.log2(rank + 2) for rank, value in enumerate(ideal)) or 1.0)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def documents(folder: Path) -> Iterator[Document]:
    now = datetime.now(UTC)
    for row in rows(folder / "docs.jsonl"):
        yield Document(
            int(row["id"]), 1, row["id"], row["title"], (), (), "page", "", "", "", row["text"], now
        )


def measure(folder: Path, root: Path) -> float:
    """Index a collection under `root`; the mean nDCG@10 over all judged queries."""
    store = SegmentStore.create(root, Position())
    store.fill(documents(folder), Position())
    make_current(root, store.folder)
    return answer(Search(root), folder)


def answer(search: Search, folder: Path) -> float:
    """The mean nDCG@10 over all judged queries of an indexed collection."""
    scores = gains(search, folder)
    return sum(scores) / len(scores)


def gains(search: Search, folder: Path) -> list[float]:
    """The nDCG@10 of each judged query of an indexed collection."""
    judged: dict[str, dict[str, float]] = {}
    for row in rows(folder / "qrels.jsonl"):
        judged.setdefault(row["qid"], {})[row["docid"]] = float(row["rel"])
    scores = []
    for row in rows(folder / "queries.jsonl"):
        if row["id"] in judged:
            hits = search.search(row["text"], count=DEPTH).hits
            scores.append(ndcg([str(hit.page_id) for hit in hits], judged[row["id"]]))
    return scores


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, reference in REFERENCES.items():
        with tempfile.TemporaryDirectory() as root:
            print(
                f"{name:5} nDCG@10 {measure(folder / name, Path(root)):.4f}  best BM25 {reference}"
            )


if __name__ == "__main__":
    main()
