"""Which revision each line comes from, and who wrote it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages.visible_text import main
from tests.person import Person
from wiki.pages.diffing.blame import MAX_LINES, blame, group_by_origin


def test_it_works(
    client: Person, selam: Person, dawit: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", text="One.\nTwo.\n", by=make_user("selam"))
    dawit.post_form("/edit/redis", text="One.\nTwo.\nThree.\n")
    answer = client.get("/blame/redis")
    words = main(answer)
    assert words.index("selam") < words.index("One. Two.")
    assert words.index("One. Two.") < words.index("dawit") < words.index("Three.")
    assert "/wiki/redis?revision=2" in answer.text
    assert "/diff/redis?from=1&amp;to=2" in answer.text


def test_a_merged_line_belongs_to_who_wrote_it(
    client: Person, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n\nTwo.\n\nThree.\n")
    form = selam.open_form("/edit/redis")
    dawit.post_form("/edit/redis", text="One, by dawit.\n\nTwo.\n\nThree.\n")
    form.submit(text="One.\n\nTwo.\n\nThree, by selam.\n")
    assert origins([(3, client), (2, client), (1, client)]) == {
        "One, by dawit.": 2,
        "Two.": 1,
        "Three, by selam.": 3,
    }


def origins(revisions: list[tuple[int, Person]]) -> dict[str, int]:
    """The lines of the page `redis` as its blame has them, with their revisions."""
    texts = [
        (number, person.get(f"/raw/redis?revision={number}").text) for number, person in revisions
    ]
    return {line.text: line.number for line in blame(texts) if line.text}


def test_a_line_of_an_erased_revision_is_not_said_to_be_of_the_next_one(
    client: Person, selam: Person, admin: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n")
    selam.post_form("/edit/redis", text="One.\nTwo.\n")
    selam.post_form("/edit/redis", text="One.\nTwo.\nThree.\n")
    admin.post_form("/erase/redis?revision=2", summary="A password")
    words = main(client.get("/blame/redis"))
    assert "Revision 1 Nexus" in words
    assert "Revision 3 or earlier" in words


def test_erased_ones_in_between_leave_what_is_older_as_it_is() -> None:
    lines = blame([(4, "a\nb\nc"), (3, None), (2, "a\nb"), (1, "a")])
    assert [(line.text, line.number, line.is_earlier) for line in lines] == [
        ("a", 1, False),
        ("b", 2, False),
        ("c", 4, True),
    ]


def test_when_everything_is_erased() -> None:
    assert blame([(2, None), (1, None)]) == []
    assert [line.is_earlier for line in blame([(2, "a"), (1, None)])] == [True]


@given(st.lists(st.none() | st.text("ab\n", max_size=12), max_size=6))
def test_it_never_fails_and_gives_every_line(texts: list[str | None]) -> None:
    revisions = list(zip(range(len(texts), 0, -1), texts, strict=True))
    lines = blame(revisions)
    newest = next((text for text in texts if text is not None), None)
    assert [line.text for line in lines] == ([] if newest is None else newest.split("\n"))


def test_a_blank_line_belongs_to_those_above() -> None:
    lines = blame([(2, "a\n\nb\n\nc"), (1, "\n\nc")])
    assert group_by_origin(lines) == [(2, False, ["a", "", "b", ""]), (1, False, ["c"])]


def test_a_restored_line_keeps_its_author(
    client: Person, selam: Person, dawit: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", text="One.\nTwo.\n", by=make_user("selam"))
    dawit.post_form("/edit/redis", text="Nothing.\n")
    dawit.post_form("/restore/redis?revision=1")
    words = main(client.get("/blame/redis"))
    assert "selam" in words
    assert "dawit" not in words
    dawit.post_form("/edit/redis", text="One.\nTwo.\nThree.\n")
    words = main(client.get("/blame/redis"))
    assert words.index("selam") < words.index("One. Two.") < words.index("dawit")


def test_lines_are_as_old_as_in_what_brought_them_back() -> None:
    texts = {6: "a\nb\nf", 5: "a\nb", 4: "x", 3: "x\nb", 2: "a\nb", 1: "a"}
    lines = blame(texts.items(), {5: (2, texts[2])}.get)
    assert [(line.text, line.number) for line in lines] == [("a", 1), ("b", 2), ("f", 6)]


def test_what_was_undone_in_part_is_followed_both_ways() -> None:
    # The fourth one undoes the second, which took `b` out, and keeps `c` of the third.
    texts = {4: "a\nb\nc", 3: "a\nc", 2: "a", 1: "a\nb"}
    lines = blame(texts.items(), {4: (1, texts[1])}.get)
    assert [(line.text, line.number) for line in lines] == [("a", 1), ("b", 1), ("c", 3)]


def test_restored_and_erased_ones_together() -> None:
    texts = [(5, "a\nb"), (4, "x"), (3, None), (2, "a\nb"), (1, "a")]
    assert [(line.number, line.is_earlier) for line in blame(texts, {5: (2, "a\nb")}.get)] == [
        (1, False),
        (2, False),
    ]


@given(
    st.lists(st.none() | st.text("ab\n", max_size=12), min_size=1, max_size=6),
    st.dictionaries(st.integers(1, 6), st.integers(1, 6)),
)
def test_sources_change_no_text(texts: list[str | None], sources: dict[int, int]) -> None:
    by_number = dict(zip(range(len(texts), 0, -1), texts, strict=True))

    def source_of(number: int) -> tuple[int, str] | None:
        source = sources.get(number, 0)
        text = by_number.get(source)
        return None if text is None else (source, text)

    lines = blame(by_number.items(), source_of)
    assert [line.text for line in lines] == [line.text for line in blame(by_number.items())]
    for line in lines:
        assert line.text in (by_number[line.number] or "").split("\n")


def test_what_is_too_long_to_be_compared_may_be_earlier() -> None:
    newer, older = "\n".join("ab" * 20_000), "\n".join("ba" * 20_000)
    lines = blame([(2, newer + "\nlast"), (1, older + "\nend")])
    assert len(lines) == MAX_LINES + 1
    assert {line.is_earlier for line in lines} == {True}


@pytest.mark.parametrize("line", ["a", "<" * 90, ""])
def test_a_long_page_is_shown_as_far_as_a_page_goes(
    client: Person, selam: Person, make_page: Any, line: str
) -> None:
    # Every other line is of another revision.
    make_page("redis", text=f"{line}1\n" * 9_000)
    selam.post_form("/edit/redis", text=f"{line}1\n{line}2\n" * 9_000)
    answer = client.get("/blame/redis")
    assert answer.status_code == 200
    assert len(answer.data) < 1_000_000
    assert "more lines than fit on a page" in main(answer)
    assert 'href="/raw/redis"' in answer.text


def test_a_line_that_an_undo_brings_back_keeps_its_author(
    client: Person, selam: Person, dawit: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", text="One.\n\nTwo.\n\nThree.\n", by=make_user("selam"))
    dawit.post_form("/edit/redis", text="One.\n\nThree.\n")
    dawit.post_form("/undo/redis?revision=2")
    assert "Two." in client.get("/raw/redis").text
    words = main(client.get("/blame/redis"))
    assert "selam" in words
    assert "dawit" not in words


def test_lines_that_several_undone_edits_took_out_keep_their_author(
    selam: Person, dawit: Person, mentor: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", text="One.\n\nTwo.\n\nThree.\n\nFour.\n", by=make_user("selam"))
    dawit.post_form("/edit/redis", text="One.\n\nThree.\n\nFour.\n")
    selam.post_form("/edit/redis", text="One.\n\nThree.\n\nFour.\n\nFive.\n\nSix.\n")
    dawit.post_form("/edit/redis", text="One.\n\nThree.\n\nSix.\n")
    mentor.open_form("/users/dawit/undo", has="seen").submit()
    assert "Two." in selam.get("/raw/redis").text
    words = main(selam.get("/blame/redis"))
    assert words.count("selam") == 2
    assert "dawit" not in words
    assert "meron" not in words


def test_who_rewrites_a_link_by_renaming_has_not_written_its_line(
    client: Person, selam: Person, dawit: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", by=make_user("selam"))
    make_page("stores", text="One.\nSee [[redis]].\n", by=make_user("selam"))
    dawit.open_form("/rename/redis", has="path").submit(path="caches/redis", links=True)
    assert "[[caches/redis]]" in client.get("/raw/stores").text
    words = main(client.get("/blame/stores"))
    assert "selam" in words
    assert "dawit" not in words


def test_what_an_undo_brought_and_nobody_had_written_is_its_own() -> None:
    texts = {4: "a b\nc\nd", 3: "a\nd", 2: "c\nd", 1: "d"}
    lines = blame(texts.items(), {4: (1, texts[1])}.get)
    assert [(line.number, line.is_earlier) for line in lines] == [
        (4, False),
        (2, False),
        (1, False),
    ]
