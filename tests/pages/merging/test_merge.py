"""Three-way merges of texts."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optional_resources import shared_path
from tests.processor_time import bounded
from wiki.pages.merging.conflict_resolution import Resolution, resolve_conflicts
from wiki.pages.merging.literal_blocks import has_closed_fences, literal_lines
from wiki.pages.merging.merge import MAX_OVERLAPS, MergeResult, merge_texts

WORD = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"])
LINE = st.one_of(
    st.lists(WORD, max_size=6).map(" ".join),
    st.sampled_from(["", "```", "~~~", "- item", "- other", "# Title", "---", "    code", "| a |"]),
)
TEXT = st.lists(LINE, max_size=8).map("\n".join) | st.lists(LINE, max_size=8).map(
    lambda lines: "".join(line + "\n" for line in lines)
)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def test_it_works() -> None:
    base = "# Redis\n\nIt keeps evrything in memmory.\n\nIt is quick.\n"
    mine = base.replace("evrything", "everything")
    theirs = base.replace("memmory", "memory").replace("quick", "very quick")
    merge = merge_texts(base, mine, theirs)
    assert merge.is_clean
    assert merge.text == "# Redis\n\nIt keeps everything in memory.\n\nIt is very quick.\n"


def test_the_same_word_is_a_conflict_with_both_sides() -> None:
    merge = merge_texts("It is quick.\n", "It is fast.\n", "It is slow.\n")
    assert not merge.is_clean
    (hunk,) = merge.conflicts
    assert hunk.base == ("It is quick.\n",)
    assert hunk.mine == ("It is fast.\n",)
    assert hunk.theirs == ("It is slow.\n",)
    assert merge.text == "It is fast.\n"


def test_both_may_add_to_a_list() -> None:
    base = "- one\n- two\n\nEnd.\n"
    merge = merge_texts(
        base, base.replace("two\n", "two\n- mine\n"), base.replace("two\n", "two\n- theirs\n")
    )
    assert merge.is_clean
    assert merge.text == "- one\n- two\n- theirs\n- mine\n\nEnd.\n"


def test_code_is_merged_by_whole_lines() -> None:
    base = "```python\nx = first + second\n```\n"
    merge = merge_texts(base, base.replace("first", "1"), base.replace("second", "2"))
    assert not merge.is_clean


def test_front_matter_is_merged_by_whole_lines() -> None:
    base = "---\ntitle: one two\n---\nText.\n"
    merge = merge_texts(base, base.replace("one", "1"), base.replace("two", "2"))
    assert not merge.is_clean


def test_the_same_field_added_by_both_is_a_conflict() -> None:
    base = "---\ntitle: one\n---\nText.\n"
    mine = base.replace("title", "date: 1\ntitle")
    theirs = base.replace("one\n", "one\ndate: 2\n")
    assert not merge_texts(base, mine, theirs).is_clean
    assert merge_texts(base, mine, theirs.replace("date", "kind")).is_clean


def test_one_opens_code_around_what_the_other_changes() -> None:
    base = "one\n\ntwo\n\nthree\n"
    merge = merge_texts(base, "one\n\n```\ntwo\n```\n\nthree\n", "one\n\ntwo, more\n\nthree\n")
    assert has_closed_fences([line + "\n" for line in merge.text.split("\n")])


def test_a_deleted_paragraph_and_its_change_are_a_conflict() -> None:
    merge = merge_texts("a b\n\nc d e\n\nf\n", "a b\n\nf\n", "a b\n\nc d e, and more\n\nf\n")
    assert not merge.is_clean


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("ABCPDE", "ABCDEP"),  # both moved it
        ("ABPCDE", "ABCDEP"),  # mine next to where it was
        ("PABCDE", "ABCDEP"),
        ("ABCPDE", "ABCDE"),  # theirs took it out
    ],
)
def test_a_paragraph_that_both_moved_is_a_conflict_where_it_came_in(mine: str, theirs: str) -> None:
    def text(letters: str) -> str:
        return "".join(f"Paragraph {letter}\n\n" for letter in letters)

    for one, other in ((mine, theirs), (theirs, mine)):
        merge = merge_texts(text("APBCDE"), text(one), text(other))
        assert merge.conflicts
        assert all("Paragraph P\n" in hunk.mine + hunk.theirs for hunk in merge.conflicts)
        for choice, side in (("mine", one), ("theirs", other)):
            chosen = resolve_conflicts(merge, [Resolution(choice)] * len(merge.conflicts))
            assert chosen == text(side)


def test_a_paragraph_that_one_moved_stays_once() -> None:
    merge = merge_texts("P\n\na\n\nb\n\nc\n", "a\n\nb\n\nP\n\nc\n", "P\n\na\n\nb\n\nc, new\n")
    assert merge.is_clean
    assert merge.text == "a\n\nb\n\nP\n\nc, new\n"


def test_other_characters_end_no_line() -> None:
    base = "one\x0btwo\u2028three\x85four\rfive\n"
    assert merge_texts(base, base + "mine\n", "theirs\n" + base).text == (
        "theirs\n" + base + "mine\n"
    )


def test_ends_without_a_line_end() -> None:
    assert merge_texts("a", "a", "b").text == "b"
    assert merge_texts("a\n\nb", "a\n\nb, mine", "theirs\n\na\n\nb").text == (
        "theirs\n\na\n\nb, mine"
    )


def test_more_conflicts_than_anybody_decides_are_one() -> None:
    def side(word: str) -> str:
        return "".join(f"line {n}\n\nIt is {word} {n}.\n\n" for n in range(MAX_OVERLAPS + 1))

    merge = merge_texts(side("good"), side("bad"), side("fine"))
    (hunk,) = merge.hunks
    assert ("".join(hunk.mine), "".join(hunk.theirs)) == (side("bad"), side("fine"))


@pytest.mark.parametrize("lines", [2_000, 25_000])
def test_long_texts_take_no_long_time(lines: int) -> None:
    base = "".join(f"line {number}\n" for number in range(lines))
    with bounded(10):
        merge = merge_texts(base, base.replace("7", "seven"), base.replace("8", "eight"))
    assert merge.text


# Properties


@given(base=TEXT, changed=TEXT)
def test_who_did_nothing_leaves_the_others_change(base: str, changed: str) -> None:
    for merge in (merge_texts(base, base, changed), merge_texts(base, changed, base)):
        assert merge.is_clean
        assert merge.text == changed


@given(base=TEXT, changed=TEXT)
def test_the_same_change_of_both_is_that_change(base: str, changed: str) -> None:
    merge = merge_texts(base, changed, changed)
    assert merge.is_clean
    assert merge.text == changed


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_both_sides_are_treated_alike(base: str, mine: str, theirs: str) -> None:
    one, other = merge_texts(base, mine, theirs), merge_texts(base, theirs, mine)
    assert one.is_clean == other.is_clean
    if one.is_clean:
        # Items both added at one place stand in the order of the sides.
        assert sorted(one.text.split("\n")) == sorted(other.text.split("\n"))


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_no_word_that_a_side_added_is_lost(base: str, mine: str, theirs: str) -> None:
    merge = merge_texts(base, mine, theirs)
    if merge.is_clean:
        for side in (mine, theirs):
            for word in words(side) - words(base):
                assert word in words(merge.text), word


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_a_merge_holds_no_more_than_both_sides_wrote(base: str, mine: str, theirs: str) -> None:
    merge = merge_texts(base, mine, theirs)
    if merge.is_clean:
        assert set(words(merge.text)) <= set(words(mine)) | set(words(theirs))


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_no_code_is_left_open(base: str, mine: str, theirs: str) -> None:
    merge = merge_texts(base, mine, theirs)
    if merge.is_clean and all(map(_is_closed, (base, mine, theirs))):
        assert _is_closed(merge.text)


def _is_closed(text: str) -> bool:
    return has_closed_fences([line + "\n" for line in text.split("\n")])


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_the_hunks_are_the_texts(base: str, mine: str, theirs: str) -> None:
    """What is asked of a person covers everything: nothing of a text is outside the hunks."""
    merge = merge_texts(base, mine, theirs)
    shown = "".join(
        line
        for hunk in merge.hunks
        for line in (hunk.mine if hunk.kind == "conflict" else hunk.merged)
    )
    assert shown.removesuffix("\n") == merge.text.removesuffix("\n")


PARAGRAPHS = st.lists(
    st.lists(WORD, min_size=2, max_size=6).map(" ".join), min_size=2, max_size=6, unique=True
)


@given(data=st.data(), paragraphs=PARAGRAPHS)
def test_different_paragraphs_never_conflict(data: st.DataObject, paragraphs: list[str]) -> None:
    # Numbers tell the paragraphs apart, as real ones are.
    paragraphs = [f"{number} {text}" for number, text in enumerate(paragraphs)]
    owners = data.draw(
        st.lists(
            st.sampled_from(["mine", "theirs", ""]),
            min_size=len(paragraphs),
            max_size=len(paragraphs),
        )
    )

    def side(*names: str) -> str:
        return "\n\n".join(
            f"{text} changed by {owner}" if owner in names and owner else text
            for text, owner in zip(paragraphs, owners, strict=True)
        )

    merge = merge_texts(side(), side("mine"), side("theirs"))
    assert merge.is_clean
    assert merge.text == side("mine", "theirs")


@given(base=st.text(max_size=80), mine=st.text(max_size=80), theirs=st.text(max_size=80))
def test_it_never_fails(base: str, mine: str, theirs: str) -> None:
    assert isinstance(merge_texts(base, mine, theirs).text, str)


# Edits in which every line is one of a kind, and every new word tells who wrote it

FRONT = ["---", "title: first", "tags: second", "status: third", "---"]
CODE = ["```python", "fourth = 4", "fifth = 5", "```"]
PROSE = [
    *("", "It keeps sixth in seventh.", "Eighth words, ninth ones.", "", "- tenth", "- eleventh"),
    *("", "> twelfth and thirteenth", "", "| fourteenth | fifteenth |", "", "Sixteenth: the last."),
]
Sides = tuple[str, str, str]


@st.composite
def edits(draw: st.DrawFn) -> Sides:
    """A base, and what two people made of it: lines put in, taken out and changed by a word."""
    front = draw(st.sampled_from([FRONT, []]))
    base = [*front, *PROSE[:6], *CODE, *PROSE[6:]]
    return _text_of(base), _edited(draw, base, "mine"), _edited(draw, base, "theirs")


def _edited(draw: st.DrawFn, base: Sequence[str], name: str) -> str:
    lines = list(base)
    for number in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        new = f"{name}{number}"
        kinds = st.sampled_from(["word", "line", "item", "field", "move", "out"])
        match draw(kinds):
            case "word":
                lines[at] = re.sub(r"[a-z]{4,}", new, lines[at], count=1)
            case "line":
                lines[at:at] = [f"Here {new} is new."]
            case "item":
                lines[at:at] = [f"- {new}"]
            case "field":
                lines[at:at] = [f"{draw(st.sampled_from(['owner', 'date']))}: {new}"]
            case "move" if lines[at] in PROSE:
                line = lines.pop(at)
                lines.insert(draw(st.integers(0, len(lines))), line)
            case _:
                del lines[at]
    return _text_of(lines)


def _text_of(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)


@given(edits())
def test_what_each_wrote_stands_there_as_often_as_they_wrote_it(sides: Sides) -> None:
    merge = merge_texts(*sides)
    if merge.is_clean:
        merged = words(merge.text)
        for name, side in zip(("mine", "theirs"), sides[1:], strict=True):
            own = {word: n for word, n in words(side).items() if word.startswith(name)}
            assert own == {word: n for word, n in merged.items() if word.startswith(name)}


@given(edits())
def test_no_line_is_doubled(sides: Sides) -> None:
    merge = merge_texts(*sides)
    if merge.is_clean:
        lines = Counter(line for line in merge.text.split("\n") if line.strip("-` "))
        assert set(lines.values()) <= {1}, lines.most_common(1)


@given(edits())
def test_code_and_front_matter_are_made_of_whole_lines(sides: Sides) -> None:
    merge = merge_texts(*sides)
    if merge.is_clean and all(map(_is_closed, sides)):
        lines = [line + "\n" for line in merge.text.split("\n")]
        written = {line + "\n" for side in sides[1:] for line in side.split("\n")}
        marks = literal_lines(lines)
        assert {
            line for line, is_literal in zip(lines, marks, strict=True) if is_literal
        } <= written


@given(edits())
def test_front_matter_can_be_read(sides: Sides) -> None:
    merge = merge_texts(*sides)
    if merge.is_clean and all(map(_has_front_matter, sides)):
        assert _has_front_matter(merge.text)


def _has_front_matter(text: str) -> bool:
    """With each field once: a reader of YAML refuses or drops the second one."""
    front = re.match(r"---\n((?:.+: .*\n)*)---\n", text)
    fields = [line.partition(":")[0] for line in front[1].splitlines()] if front else []
    return front is not None and len(fields) == len(set(fields))


@given(st.one_of(edits(), st.tuples(TEXT, TEXT, TEXT)))
def test_no_marks_of_a_conflict_are_written(sides: Sides) -> None:
    assert not re.search(r"^(?:<{7}|={7}|>{7}|\|{7})", merge_texts(*sides).text, re.MULTILINE)


# Against git


def _real_merges() -> Sequence[dict[str, str]]:
    with gzip.open(shared_path("testdata/merge.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _merged(row: dict[str, str]) -> MergeResult:
    return merge_texts(row["base"], row["mine"], row["theirs"])


def test_where_git_merges_so_do_we() -> None:
    rows = [row for row in _real_merges() if row["verdict"] == "clean"]
    merges = [_merged(row) for row in rows]
    assert [row["id"] for row, merge in zip(rows, merges, strict=True) if not merge.is_clean] == []
    same = sum(merge.text == row["merged"] for row, merge in zip(rows, merges, strict=True))
    assert same >= 58, f"{same} of {len(rows)} as git has them"


def test_where_git_finds_a_conflict_nothing_is_lost() -> None:
    for row in _real_merges():
        merge = _merged(row)
        if row["verdict"] == "conflict" and merge.is_clean:
            added = (words(row["mine"]) - words(row["base"])) | (
                words(row["theirs"]) - words(row["base"])
            )
            assert set(added) <= set(words(merge.text)), row["id"]
