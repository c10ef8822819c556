"""Which revision each line comes from, and who wrote it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.pages.screen import main
from tests.person import Person
from wiki.pages.blame import blame, runs


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
    assert runs(lines) == [(2, False, ["a", "", "b", ""]), (1, False, ["c"])]
