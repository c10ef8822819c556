"""An ablation study of ranking: what is lost without each step, with confidence intervals.

Run: python -m benchmarks.search.ablation [FOLDER]   (FOLDER holds `med/` and `cisi/`)

Measures the real engine, of which some names are patched. Columns: nDCG@10 of the judged
collections; for the golden set and our own queries, the percentage with a correct page among the
first three. Each difference has its 95 % confidence interval, by the paired
bootstrap over queries (B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993). Prints
Markdown; takes about ten minutes.
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
from numpy.typing import NDArray

from benchmarks.harness.corpus import DEFAULT
from benchmarks.search.relevance import FOLDER, REFERENCES, documents, gains
from tests.search.golden import golden_documents, read_golden
from tests.search.judged_queries import judged_pages, judged_queries
from wiki.search import documents as indexed
from wiki.search import synonym_page
from wiki.search.analysis import analyzer
from wiki.search.documents import Document
from wiki.search.index import snapshot
from wiki.search.index.manifest import make_current
from wiki.search.index.segment_store import SegmentStore
from wiki.search.position import Position
from wiki.search.query import parser, spelling
from wiki.search.query.matching import Mask
from wiki.search.query.pastes import PasteLine
from wiki.search.query.synonyms import Synonyms
from wiki.search.ranking import boosts, engine, query_expansion, scoring
from wiki.search.service import Search

NEVER = sys.maxsize
SAMPLES = 5_000  # of the bootstrap


def _as_written(word: str) -> str:
    return word


def _never(*_: Any) -> bool:
    return False


def _one(*_: Any) -> float:
    return 1.0


def _nothing(*_: Any) -> None:
    return None


def _no_lines(_text: str) -> tuple[PasteLine, ...]:
    return ()


def _names_none(of: snapshot.Snapshot, *_: Any) -> Mask:
    return np.zeros(of.size, bool)


def _once(asked: query_expansion.ExpandedQuery, term: str, weight: float) -> None:
    asked.terms[term] = max(asked.terms.get(term, 0.0), weight)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of ranking, and the patches that switch it off, as `(owner, name, value)`.

    `is_indexed`: it affects the index, which is built separately without it.
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
    Step("first words of a page weigh more", ((indexed, "OPENING_WEIGHT", 0.0),), is_indexed=True),
    Step(
        "nearer forms count more",
        ((scoring, "STEM_SHARE", 1.0), (scoring, "PREFIX_FORM_SHARE", 1.0)),
    ),
    Step("prefixes of words", ((query_expansion, "MIN_PREFIX_LETTERS", NEVER),)),
    Step(
        "English words of sentences are whole",
        ((query_expansion, "MIN_SENTENCE_WORDS", NEVER),),
    ),
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
    Step("errors of pastes decide", ((parser, "read_paste", _no_lines),)),
    Step("other words for the same", ((synonym_page, "shipped_synonyms", Synonyms),)),
    Step("both sides of a comparison", ((query_expansion, "compared", _nothing),)),
    Step("fillers of questions count less", ((scoring, "FILLER_SHARE", 1.0),)),
    Step("all keywords", ((scoring, "ALL_TERMS_BONUS", 0.0),)),
    Step("all query words in the title", ((scoring, "TITLE_BONUS", 0.0),)),
    Step("the whole title in the query", ((scoring, "WHOLE_TITLE_BONUS", 0.0),)),
    Step("prefixes of titles", ((scoring, "TITLE_PREFIX_BONUS", 0.0),)),
    Step("the exact title or path", ((boosts, "_boost_exact_names", _names_none),)),
)


@contextmanager
def without(*steps: Step) -> Iterator[None]:
    """Switch steps off within the block."""
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


Gains = dict[str, NDArray[np.float64]]


class Collections:
    """The collections, indexed once for each set of steps that affect the index."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.root = root
        self.pages: dict[str, list[Document]] = {
            "golden": list(golden_documents(DEFAULT)),
            "own": list(judged_pages()),
        }
        golden = [(one.query, one.paths) for one in read_golden()]
        own = [(one.text, one.paths) for one in judged_queries()]
        self.queries = {"golden": golden, "own": own}

    def gains(self, off: tuple[Step, ...]) -> Gains:
        """The gain of each query by collection, measured without the steps `off`."""
        with without(*off):
            measured = {
                name: gains(self._search(name, off), self.folder / name) for name in REFERENCES
            }
            for name, queries in self.queries.items():
                search = self._search(name, off)
                paths = {page.page_id: page.path for page in self.pages[name]}
                measured[name] = [
                    100.0
                    * any(paths[hit.page_id] in wanted for hit in search.search(text, count=3).hits)
                    for text, wanted in queries
                ]
        return {name: np.array(each) for name, each in measured.items()}

    def _search(self, name: str, off: tuple[Step, ...]) -> Search:
        read_as = "-".join(str(STEPS.index(step)) for step in off if step.is_indexed)
        root = self.root / f"{name}-{read_as}"
        if not root.exists():
            root.mkdir()
            store = SegmentStore.create(root, Position())
            pages = iter(self.pages[name]) if name in self.pages else documents(self.folder / name)
            store.fill(pages, Position())
            make_current(root, store.folder)
        return Search(root)


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % confidence interval of the mean of `differences` (queries,), by the bootstrap."""
    chosen = np.random.default_rng(1).integers(len(differences), size=(SAMPLES, len(differences)))
    low, high = np.quantile(differences[chosen].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def _cell(name: str, all_steps: Gains, fewer: Gains) -> str:
    """A cell of the table: the difference that a step makes, and its interval."""
    differences = all_steps[name] - fewer[name]
    digits = 4 if name in REFERENCES else 1
    low, high = interval(differences)
    mark = "**" if low > 0 or high < 0 else ""
    return f"{mark}{differences.mean():+.{digits}f}{mark} ({low:+.{digits}f} … {high:+.{digits}f})"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as root:
        collections = Collections(folder, Path(root))
        every = collections.gains(())
        print("| A step brings | MED | CISI | golden set | our own set |\n|---|---|---|---|---|")
        means = " | ".join(f"{every[name].mean():.4g}" for name in every)
        print(f"| all steps together | {means} |", flush=True)
        plain = collections.gains(STEPS)
        means = " | ".join(f"{plain[name].mean():.4g}" for name in plain)
        print(f"| BM25 of one field alone | {means} |", flush=True)
        for step in STEPS:
            fewer = collections.gains((step,))
            cells = " | ".join(_cell(name, every, fewer) for name in every)
            print(f"| {step.name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
