"""Unfinished texts aren't saved, and nothing that was typed is lost."""

from typing import Any

import pytest

from tests.person import Person
from wiki.kinds.current import all_kinds, scaffold
from wiki.pages.editing.unfinished_text import Unfinished, check_uploads_finished, written_text

KEY = "0123456789abcdef" * 2
SENDING = f"![Sending my plan.png …](sending:{KEY})"
OUTLINED = [name for name in all_kinds() if scaffold(name, "")]
TYPED = {"title": "Half a page", "tags": "one, two", "summary": "A word", "path": "half/a-page"}


@pytest.fixture
def selam(client_of: Any, make_page: Any) -> Person:
    make_page("redis", text="## One\n\nBefore.\n\n## Two\n\nAfter.\n")
    person: Person = client_of("selam")
    return person


def refused(person: Person, url: str, **fields: str) -> str:
    """The page that comes back, with everything that was typed."""
    form = person.open_form(url)
    answer = form.submit(**fields)
    assert answer.status_code == 422
    again = person.form_in(answer, url)
    assert {name: again.values[name].strip() for name in fields} == {
        name: value.strip() for name, value in fields.items()
    }
    return answer.text


# A file on its way


@pytest.mark.parametrize("text", [SENDING, f"Before {SENDING} after.\n", f"```\n{SENDING}\n```\n"])
def test_a_text_that_waits_for_a_file_is_not_saved(
    client: Person, selam: Person, text: str
) -> None:
    told = refused(selam, "/edit/redis", text=text, summary="A picture", tags="a, b")
    assert "“Sending my plan.png …” is in its place" in told
    refused(selam, "/new", text=text, **TYPED)
    assert client.get("/raw/redis").text.startswith("## One")
    assert client.get("/wiki/half/a-page").status_code == 404


def test_nor_is_a_section(client: Person, selam: Person) -> None:
    refused(selam, "/edit/redis?section=two", text=f"## Two\n\n{SENDING}\n")
    assert SENDING not in client.get("/raw/redis").text


def test_nor_what_was_chosen_in_a_conflict(client: Person, selam: Person, client_of: Any) -> None:
    form = selam.open_form("/edit/redis")
    client_of("dawit").post_form("/edit/redis", text="## One\n\nTheirs.\n\n## Two\n\nAfter.\n")
    mine = f"## One\n\n{SENDING}\n\n## Two\n\nAfter.\n"
    assert form.submit(text=mine).status_code == 422
    answer = form.submit(text=mine.replace(SENDING, "Mine."))
    assert answer.status_code == 409
    chosen = selam.form_in(answer, "/edit/redis")
    own = {"choice-0": "own", "own-0": SENDING}
    assert chosen.submit(action="resolve", **own).status_code == 422


def test_what_only_looks_like_it_is_saved(selam: Person) -> None:
    cases = [
        "![Sending plan.png …]()",
        "![Sending {} … 1]()",
        "![a](sending:0123)",
        f"[Sending a.png …](sending:{KEY})",
        f"sending:{KEY}",
        f"![a](https://example.org/sending:{KEY})",
        "I am sending: it (soon)",
    ]
    for text in cases:
        check_uploads_finished(text)
        assert selam.post_form("/edit/redis", text=text).status_code == 303, text


def test_a_draft_holds_it_and_says_so_when_it_is_gone_on_with(selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    kept = selam.post("/drafts", data={**form.values, "page": "redis", "text": f"A {SENDING}"})
    assert kept.status_code == 200
    url = f"/edit/redis?draft={kept.json['id']}"
    shown = selam.get(url).text
    assert "“Sending my plan.png …” is in its place" in shown
    assert SENDING in selam.open_form(url).values["text"]
    assert selam.open_form(url).submit().status_code == 422
    assert "is in its place" not in selam.get("/edit/redis").text


def test_the_preview_shows_that_it_is_on_its_way(selam: Person) -> None:
    token = selam.open_form("/edit/redis").values["csrf_token"]
    shown = selam.post("/preview", data={"text": SENDING, "csrf_token": token}).text
    assert "Sending my plan.png …</span>" in shown
    assert KEY not in shown
    assert "shown" not in shown


# An outline


@pytest.mark.parametrize("kind", OUTLINED)
@pytest.mark.parametrize("title", ["", "Redis", "C++ & <b>"])
def test_an_outline_alone_is_no_page(kind: str, title: str) -> None:
    outline = scaffold(kind, title)
    bare = "\n".join(line for line in outline.splitlines() if line.startswith("#"))
    spaced = outline.replace("\n", "  \r\n\r\n").replace(" ", "\t ")
    for text in (outline, f"\n\n{outline}\n", outline.strip(), spaced, bare or outline):
        with pytest.raises(Unfinished):
            written_text(text)
        assert written_text(text, has_fields=True) == ""


@pytest.mark.parametrize("has_fields", [False, True])
@pytest.mark.parametrize("kind", OUTLINED)
def test_with_a_word_in_it_it_is_one(kind: str, has_fields: bool) -> None:
    outline = scaffold(kind, "Redis")
    written = (f"{outline}\nA store in memory.\n", f"x\n{outline}", f"{outline}\n<!-- Later. -->")
    for text in written:
        assert written_text(text, has_fields=has_fields) == text


@pytest.mark.parametrize("text", ["", " \n", "A.", "# Redis", "```\n```", "<!--" * 5000])
def test_other_texts_are_no_outlines(text: str) -> None:
    for has_fields in (False, True):
        assert written_text(text, has_fields=has_fields) == text


def test_an_outline_comes_back_with_a_word(client: Person, selam: Person) -> None:
    for kind in OUTLINED:
        url = f"/new?kind={kind}&title=Half a page"
        text = selam.open_form(url).values["text"]
        told = refused(selam, url, text=text, kind=kind, **TYPED)
        assert "This is just the outline" in told
    assert client.get("/wiki/half/a-page").status_code == 404


def test_fields_alone_make_a_challenge(client: Person, selam: Person) -> None:
    url = "/new?kind=challenge&title=Half a page"
    outline = selam.open_form(url).values["text"]
    told = refused(selam, url, text=outline, **{**TYPED, "field-fix": " "})
    assert "This is just the outline" in told
    done = selam.post_form(url, **{"field-error": "EADDRINUSE", "field-fix": "Stop the other."})
    assert done.status_code == 303
    assert client.get(done.location.replace("/wiki/", "/raw/")).text == ""
    assert "Stop the other." in client.get(done.location).text


def test_the_outline_of_another_kind_is_one_too(selam: Person) -> None:
    form = selam.open_form("/new?kind=guide")
    assert form.submit(title="A title", kind="page").status_code == 422


def test_a_draft_of_an_outline_is_kept_but_not_saved(selam: Person) -> None:
    form = selam.open_form("/new?kind=concept")
    kept = selam.post("/drafts", data={**form.values, "title": "A thought"})
    url = f"/new?draft={kept.json['id']}"
    form = selam.open_form(url)
    assert form.submit().status_code == 422
    assert form.submit(text=form.values["text"] + "\nIt is one.\n").status_code == 303


def test_an_outline_may_take_the_place_of_a_text(selam: Person) -> None:
    """An outline in an existing page is intentional, so it can be saved."""
    assert selam.post_form("/edit/redis", text=scaffold("guide", "Redis")).status_code == 303
