"""Names that break things elsewhere, as titles, paths, tags and summaries."""

from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.hostile_names import hostile_names
from tests.person import Person
from wiki.database import db
from wiki.pages.models import Page, Revision


@pytest.fixture(scope="module")
def names() -> list[str]:
    return hostile_names()


def kept(person: Person, answer: TestResponse, name: str, value: str) -> bool:
    """Whether the form that came back holds what was typed, as far as HTML can hold it."""
    shown = str(person.form_in(answer, "/new").values[name])
    return _held(shown) == _held(value)


def _held(value: str) -> str:
    """A parser of HTML takes NUL for U+FFFD; a field of one line drops line ends."""
    return value.replace("\r", "").replace("\n", "").replace("\x00", "\ufffd")


def test_as_titles(app: Flask, client: Person, selam: Person, names: list[str]) -> None:
    form = selam.open_form("/new")
    for name in names:
        answer = form.submit(title=name, text="Text.\n")
        assert answer.status_code in (303, 422), name
        if answer.status_code == 422:
            assert 'class="field-error"' in answer.text, name
            assert kept(selam, answer, "title", name), name
        else:
            page = client.get(answer.location)
            assert page.status_code == 200, (name, answer.location)
            assert "<script>" not in page.text.partition("<main")[2], name
    assert client.get("/pages").status_code == 200
    assert client.get("/changes").status_code == 200
    assert client.get("/changes.atom").status_code == 200
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Page.id))) > len(names) / 2


def test_as_paths(client: Person, selam: Person, names: list[str]) -> None:
    form = selam.open_form("/new")
    for name in names:
        answer = form.submit(title="Good", path=name, text="Text.\n")
        assert answer.status_code in (303, 422), name
        if answer.status_code == 422:
            assert 'class="field-error"' in answer.text, name
            assert kept(selam, answer, "path", name), name
        else:
            assert client.get(answer.location).status_code == 200, (name, answer.location)


def test_as_tags_and_summaries(
    app: Flask, client: Person, selam: Person, make_page: Any, names: list[str]
) -> None:
    make_page("redis")
    form = selam.open_form("/edit/redis")
    number = 1
    for name in names:
        typed = {"text": f"{name} {number}\n", "tags": name, "summary": name}
        answer = form.submit(**typed, base_revision=str(number))
        assert answer.status_code in (303, 422), name
        number += answer.status_code == 303
        if answer.status_code == 422:
            assert 'id="nx-tags-error"' in answer.text, name
            assert kept(selam, answer, "summary", name), name
            assert kept(selam, answer, "tags", name), name
    for place in ("/wiki/redis", "/history/redis", "/changes", "/changes.atom", "/tags/"):
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert "<script>alert" not in answer.text
    with app.app_context():
        for summary in db.session.scalars(db.select(Revision.summary)):
            assert len(summary) <= 300
            assert summary.isprintable(), summary


def test_as_addresses(client: Person, make_page: Any, names: list[str]) -> None:
    make_page("redis")
    others = cycle(["history", "users", "tags"])
    for name in names:
        address = quote(name.encode("utf-8", "surrogatepass"), safe="/")
        for tool in ("wiki", next(others)):
            answer = client.get(f"/{tool}/{address}")
            assert answer.status_code in (200, 301, 302, 308, 404), (name, answer.status)
            assert "<script>" not in answer.text.partition("<main")[2], name


@pytest.mark.postgres
def test_on_postgresql_too(postgres_url: str, make_app: Any, names: list[str]) -> None:
    """It refuses NUL, compares by locale and counts lengths; SQLite does none of it."""
    from tests import factories

    app = make_app(database_url=postgres_url)
    person = factories.client_of(app, factories.make_user(app, "selam"))
    form = person.open_form("/new")
    odd = [name for name in names if len(name) > 100 or not name.isprintable()]
    assert odd
    for name in odd:
        fields = {"title": name, "path": name, "tags": name, "summary": name, "text": name}
        assert form.submit(**fields).status_code in (303, 422), name
    fields = dict.fromkeys(("kind", "status", "base_revision", "section"), "a\x00b")
    assert form.submit(title="Odd", text="Text.\n", **fields).status_code == 303
    for name in ("a\x00b", "\ufdd0", "ſ", "İ", "x" * 600, "'; --"):
        address = quote(name.encode("utf-8", "surrogatepass"), safe="/")
        for tool in ("wiki", "history", "edit", "undelete", "users", "tags", "kinds"):
            answer = person.get(f"/{tool}/{address}?revision={address}&page={address}")
            assert answer.status_code in (301, 302, 308, 404), (tool, name, answer.status)
        answer = person.get(f"/search?q={address}")
        assert answer.status_code == 200, (name, answer.status)
    assert person.get("/wiki/redis?revision=%ED%A0%80").status_code == 400  # no text at all
