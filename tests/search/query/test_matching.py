"""Which documents an item of a query holds for."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.search.shelf import Library
from wiki.search.analysis.analyzer import analyze
from wiki.search.query.matching import item_mask, parts_mask, phrase_mask, phrase_terms
from wiki.search.query.model import Changed, Filter, InTitle, Item, Phrase, Prefix, Word


@pytest.fixture(scope="module")
def shelf(module_library: Library) -> Library:
    module_library.add("Alpha", "one two three", path="a/b/c", tags=("Web Dev",), author="mary")
    module_library.add(
        "Beta one", "two one", kind="guide", path="a/x", updated_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    module_library.add("Gamma", "one. Two-three onerous", status="open", code="select_related")
    return module_library


def pages(library: Library, item: Item) -> list[int]:
    snapshot = library.search.index.snapshot()
    assert snapshot is not None
    return snapshot.pages[item_mask(snapshot, item, np.ones(snapshot.size, bool))].tolist()


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Word("one"), [1, 2, 3]),
        (Word("one two"), [1, 2, 3]),
        (Word("three onerous"), [3]),
        (Phrase("one two"), [1, 3]),
        (Phrase("two one"), [2]),
        (Phrase("one three"), []),
        (Phrase("one"), [1, 2, 3]),
        (Prefix("oner"), [3]),
        (Prefix("on"), [1, 2, 3]),
        (Prefix("zz"), []),
        (InTitle(Word("one")), [2]),
        (InTitle(Phrase("beta one")), [2]),
        (InTitle(Phrase("two one")), []),
        (InTitle(Prefix("gam")), [3]),
        (Filter("tag", "web-dev"), [1]),
        (Filter("tag", "Web Dev"), [1]),
        (Filter("kind", "guide"), [2]),
        (Filter("author", "MARY"), [1]),
        (Filter("status", "open"), [3]),
        (Filter("in", "a"), [1, 2]),
        (Filter("in", "a/b"), [1]),
        (Changed(since=datetime(2026, 2, 1, tzinfo=UTC)), [2]),
        (Changed(until=datetime(2026, 3, 1, tzinfo=UTC)), [1, 3]),
        (Changed(), [1, 2, 3]),
    ],
    ids=str,
)
def test_items_hold_for_documents(shelf: Library, item: Item, expected: list[int]) -> None:
    assert pages(shelf, item) == expected


def test_a_phrase_does_not_reach_from_title_into_body(library: Library) -> None:
    library.add("First", "second")
    assert pages(library, Phrase("first second")) == []


def test_a_phrase_is_found_across_segments(library: Library) -> None:
    for number in range(3):
        library.add(f"Page {number}", "exactly these words")
    assert pages(library, Phrase("these words")) == [1, 2, 3]


def test_the_terms_of_a_phrase_stand_at_their_positions() -> None:
    assert phrase_terms("the quick-witted fox") == [(0, "the"), (1, "quick-witted"), (3, "fox")]


def test_terms_at_given_distances(library: Library) -> None:
    library.add("Page", "red green blue")
    snapshot = library.search.index.snapshot()
    assert phrase_mask(snapshot, [(0, "red"), (2, "blue")], is_title=False).tolist() == [True]
    assert phrase_mask(snapshot, [(0, "red"), (1, "blue")], is_title=False).tolist() == [False]
    assert phrase_mask(snapshot, [], is_title=False).tolist() == [False]


def test_the_parts_of_a_compound_may_stand_anywhere(library: Library) -> None:
    library.add("Page", "related things, select some")
    snapshot = library.search.index.snapshot()
    assert parts_mask(snapshot, analyze("select_related")).tolist() == [True]
    assert parts_mask(snapshot, analyze("select_other")).tolist() == [False]
