"""Whatever stands in two texts, their difference is told in bounded time and size."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, get_template_attribute
from markupsafe import escape

from tests.pages.visible_text import main, raw
from tests.person import Person
from tests.processor_time import bounded
from tests.sampling import chosen
from wiki.markup import render
from wiki.pages.budget import Budget
from wiki.pages.diffing.diff import diff_texts
from wiki.pages.merging.conflict_resolution import overlaps
from wiki.pages.merging.merge import merge_texts

SECONDS = 2.0
BYTES = 1_000_000


def _lines(seed: int, lines: int, words: int, of: str = "ab", between: str = " ") -> str:
    choose = random.Random(seed)
    return "\n".join(between.join(choose.choices(of, k=words)) for _ in range(lines))


# Each makes a text of up to two megabytes out of a seed.
HOSTILE: dict[str, Callable[[int], str]] = {
    "signs": lambda seed: _lines(seed, 99, 19_900, "!?", ""),
    "long lines": lambda seed: _lines(seed, 100, 9_900),
    "lines": lambda seed: _lines(seed, 900, 1_000),
    "short lines": lambda seed: _lines(seed, 400_000, 1),
    "empty lines": lambda seed: _lines(seed, 600_000, 1, ["x", "y", "z", ""]),  # type: ignore[arg-type]
    "as many as are compared": lambda seed: _lines(seed, 19_990, 1),
    "escaped": lambda seed: _lines(seed, 1_500, 200, "&'\"<", " "),
    "blanks": lambda seed: _lines(seed, 1_900, 500, " \t", ""),
    "one line": lambda seed: _lines(seed, 1, 900_000),
    "pictographs": lambda seed: _lines(seed, 1_900, 100, "\U0001f600\U0001f601"),
}
# Those that cost the most, each in its way.
DIFFERING = chosen(HOSTILE, "long lines", "as many as are compared", "escaped", "one line")
MERGED = chosen(HOSTILE, "signs", "short lines", "as many as are compared", "pictographs")


@pytest.mark.parametrize("text", DIFFERING.values(), ids=DIFFERING)
def test_differences(context: Flask, text: Any) -> None:
    old, new = text(1), text(2)
    with bounded(SECONDS), context.test_request_context():
        table = get_template_attribute("macros/diff.html", "diff_table")(diff_texts(old, new))
    assert len(table.encode()) < BYTES


@pytest.mark.parametrize("text", MERGED.values(), ids=MERGED)
def test_merges(text: Any) -> None:
    sides = [text(seed) for seed in (1, 2, 3)]
    with bounded(SECONDS):
        overlaps(merge_texts(*sides), Budget())


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves without the time that rendering takes."""
    monkeypatch.setattr("wiki.pages.writing.write.render", lambda text, path: render("", path=path))


ANSWERED = chosen(HOSTILE, "lines")


@pytest.mark.parametrize("text", ANSWERED.values(), ids=ANSWERED)
@pytest.mark.usefixtures("unrendered")
def test_what_is_answered(
    client: Person, selam: Person, dawit: Person, make_page: Any, text: Any
) -> None:
    make_page("redis", text=text(1))
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=text(2))
    typed = text(3)
    with bounded(SECONDS):
        difference = client.get("/diff/redis")
    assert difference.status_code == 200
    assert len(difference.data) < BYTES
    with bounded(SECONDS):
        changes = his.submit(text=typed, action="changes")
    assert changes.status_code == 200
    assert len(changes.data) < BYTES + len(escape(typed).encode())  # the editor holds it, too
    with bounded(SECONDS):
        conflict = his.submit(text=typed)
    assert conflict.status_code == 409
    assert len(conflict.data) < BYTES


@pytest.mark.usefixtures("unrendered")
def test_many_places(selam: Person, dawit: Person, make_page: Any) -> None:
    def text(word: str) -> str:
        return "\n\n".join(f"It is {word} {number}.\n\nsame {number}" for number in range(499))

    make_page("redis", text=text("good"))
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=text("bad"))
    answer = his.submit(text=text("fine"))
    assert answer.status_code == 409
    assert len(answer.data) < BYTES


@pytest.mark.usefixtures("unrendered")
def test_what_is_too_much_is_said_with_links_to_the_sources(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text=HOSTILE["lines"](1))
    selam.post_form("/edit/redis", text=HOSTILE["lines"](2))
    answer = client.get("/diff/redis")
    assert "whole lines are highlighted" in main(answer)
    assert "There are more changes than fit on a page." in main(answer)
    for number in (1, 2):
        assert f'href="/raw/redis?revision={number}"' in answer.text


def test_what_came_first_is_compared_by_words() -> None:
    old, new = HOSTILE["lines"](1), HOSTILE["lines"](2)
    diff = diff_texts("It is quick.\n" + old, "It is fast.\n" + new)
    assert diff.is_coarse
    assert diff.rows[0].left == (("It is ", False), ("quick", True), (".", False))


def test_an_ordinary_page_is_compared_whole() -> None:
    old = "".join(f"Line {n} of a page, with as many words as one has.\n" for n in range(900))
    diff = diff_texts(old, old.replace("words", "signs"))
    assert not diff.is_coarse
    assert not diff.is_cut
    assert {row.kind for row in diff.rows} == {"changed", "same"}


# A conflict of texts that are too long to be shown


@pytest.fixture
def long_conflict(unrendered: None, selam: Person, dawit: Person, make_page: Any) -> Any:
    make_page("redis", text=_long(1), tags=["data"])
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=_long(2))
    return his.submit(text=_long(3), tags="data, his")


def _long(seed: int) -> str:
    """A third of what a page may show."""
    return _lines(seed, 260, 500)


def test_a_long_conflict_leads_to_all_texts(long_conflict: Any) -> None:
    assert "too long to show each place here" in main(long_conflict)
    assert 'href="/drafts/' in long_conflict.text
    for number in (1, 2):
        assert f'href="/raw/redis?revision={number}"' in long_conflict.text


@pytest.mark.parametrize(("choice", "seed"), [("mine", 3), ("theirs", 2)])
def test_a_long_conflict_is_chosen_as_a_whole(
    client: Person, dawit: Person, long_conflict: Any, choice: str, seed: int
) -> None:
    form = dawit.form_in(long_conflict, "/edit/redis", "is_long")
    assert form.submit(action="resolve", **{"choice-0": choice}).status_code == 303
    assert raw(client, "redis") == _long(seed)
    assert 'href="/tags/his"' in client.get("/wiki/redis").text


def test_a_long_conflict_without_a_choice_asks_again(
    client: Person, dawit: Person, long_conflict: Any
) -> None:
    answer = dawit.form_in(long_conflict, "/edit/redis", "is_long").submit(action="resolve")
    assert answer.status_code == 422
    assert "Choose a version for each place" in main(answer)
    again = dawit.form_in(answer, "/edit/redis", "is_long").submit(
        action="resolve", **{"choice-0": "mine"}
    )
    assert again.status_code == 303
    assert raw(client, "redis") == _long(3)


def test_merging_many_places() -> None:
    def text(seed: int) -> str:
        lines = _lines(seed, 450, 2_000, "!?", "").split("\n")
        return "\n\n".join(f"{line}\n\nsame {number}" for number, line in enumerate(lines))

    sides = [text(seed) for seed in (1, 2, 3)]
    with bounded(SECONDS):
        merge_texts(*sides)
