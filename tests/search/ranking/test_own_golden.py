"""Ranking on a collection of our own, which every clone has."""

from collections import Counter

import pytest

from tests.search.judged_queries import judged_pages, judged_queries
from tests.search.shelf import Library

QUERIES = judged_queries()
# Its page speaks of kilometres; others say `away`, too.
KNOWN_MISSED = {"question": ["how far away is the lightning"]}
# Of other classes, the share of queries with a right page among the first three.
BARS = {"abbreviation": 0.94, "conversational": 0.96, "versus": 0.96, "log": 0.97, "compiler": 0.97}
MIN_QUERIES = 25  # of each of these


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("judged"))
    library.add_all(*judged_pages())
    return library


@pytest.fixture(scope="module")
def found(library: Library) -> dict[str, list[str]]:
    """The paths of the first pages by query."""
    paths = {page_id: page.path for page_id, page in library.documents.items()}
    return {
        query.text: [paths[hit.page_id] for hit in library.results(query.text, count=3).hits]
        for query in QUERIES
    }


def test_every_query_asks_for_pages_that_exist() -> None:
    paths = {page.path for page in judged_pages()}
    assert all(paths.issuperset(query.paths) for query in QUERIES)


def test_there_are_several_queries_of_each_class() -> None:
    assert min(Counter(query.kind for query in QUERIES).values()) >= 5


@pytest.mark.parametrize(("kind", "bar"), BARS.items())
def test_a_right_page_is_among_the_first(
    kind: str, bar: float, found: dict[str, list[str]]
) -> None:
    asked = [query for query in QUERIES if query.kind == kind]
    missed = [q.text for q in asked if not set(found[q.text][:3]).intersection(q.paths)]
    assert len(asked) >= MIN_QUERIES
    assert len(missed) <= (1 - bar) * len(asked), missed


def test_no_query_that_is_right_is_corrected(library: Library) -> None:
    asked = [q.text for q in QUERIES if q.kind not in {"typo", "script", "prefix"}]
    assert [text for text in asked if library.results(text, count=1).correction] == []


@pytest.mark.parametrize("kind", sorted({query.kind for query in QUERIES} - BARS.keys()))
def test_the_right_page_is_first(kind: str, found: dict[str, list[str]]) -> None:
    missed = [
        query.text
        for query in QUERIES
        if query.kind == kind and not set(found[query.text][:1]).intersection(query.paths)
    ]
    assert missed == KNOWN_MISSED.get(kind, [])
