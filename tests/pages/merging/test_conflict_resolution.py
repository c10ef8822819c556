"""A conflict is resolved overlap by overlap, as a form says, and never in part."""

import pytest

from wiki.pages.budget import Budget
from wiki.pages.merging.conflict_resolution import (
    Resolution,
    overlaps,
    read_resolutions,
    resolve_conflicts,
)
from wiki.pages.merging.merge import MergeResult, merge_texts

BASE = "The cache holds pages.\n\nBetween.\n\nIt is small.\n"
MINE = "The cache keeps pages.\n\nBetween.\n\nIt is tiny.\n"
THEIRS = "The cache stores pages.\n\nBetween them.\n\nIt is large.\n"


@pytest.fixture
def merge() -> MergeResult:
    merged = merge_texts(BASE, MINE, THEIRS)
    assert len(merged.conflicts) == 2
    return merged


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        (
            Resolution("mine"),
            Resolution("theirs"),
            "The cache keeps pages.\n\nBetween them.\n\nIt is large.\n",
        ),
        (
            Resolution("both"),
            Resolution("base"),
            "The cache stores pages.\nThe cache keeps pages.\n\nBetween them.\n\nIt is small.\n",
        ),
        (
            Resolution("own", "One line"),
            Resolution("own", ""),
            "One line\n\nBetween them.\n\n",
        ),
    ],
)
def test_each_overlap_is_as_chosen(
    merge: MergeResult, first: Resolution, second: Resolution, text: str
) -> None:
    assert resolve_conflicts(merge, [first, second]) == text


def test_the_last_line_keeps_its_end() -> None:
    merge = merge_texts("One.", "Two.", "Three.")
    assert resolve_conflicts(merge, [Resolution("mine")]) == "Two."


def test_as_many_choices_as_conflicts(merge: MergeResult) -> None:
    with pytest.raises(ValueError, match="1 choices for 2 conflicts"):
        resolve_conflicts(merge, [Resolution("mine")])


def test_a_form_names_a_choice_for_each() -> None:
    form = {"choice-0": "own", "own-0": "A\r\nB", "choice-1": "base"}
    assert read_resolutions(form, 2) == [Resolution("own", "A\nB"), Resolution("base")]
    assert read_resolutions(form, 3) is None
    assert read_resolutions(form, 1) is None
    assert read_resolutions({"choice-0": "neither"}, 1) is None


def test_what_each_changed_is_marked(merge: MergeResult) -> None:
    first, second = overlaps(merge, Budget())
    assert [text for text, is_marked in first.mine[0] if is_marked] == ["keeps"]
    assert [text for text, is_marked in second.theirs[0] if is_marked] == ["large"]
    assert first.mine_source == "The cache keeps pages.\n"


def test_no_more_overlaps_than_there_is_room_for(merge: MergeResult) -> None:
    assert len(overlaps(merge, Budget(size=4_000))) == 1
