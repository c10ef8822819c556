"""Old revisions: rendered once, kept within bounds, gone with what is erased."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.pages.reading.test_budget import BYTES, HOSTILE, SECONDS, unrendered
from tests.pages.visible_text import main
from tests.person import Person
from tests.processor_time import bounded
from wiki.database import db
from wiki.markup import Rendered, source_instead
from wiki.markup.workers import bounded_render as rendering
from wiki.markup.workers.render_cache import RenderCache
from wiki.pages.models import OldRendering
from wiki.pages.presentation import old_renderings

__all__ = ["unrendered"]  # a fixture

LONG = "## Heading\n\nSome *text* of a long page, with a [[link]].\n\n" * 1_500


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has rendered nothing."""
    monkeypatch.setattr(rendering, "_cache", RenderCache())


@pytest.fixture
def changed(make_page: Any, selam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose first revision takes long to render."""
    make_page("redis", text=LONG)
    selam.post_form("/edit/redis", text="Short.\n")
    monkeypatch.setattr(rendering, "_cache", RenderCache())


def _count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OldRendering)) or 0


@pytest.mark.usefixtures("changed")
def test_it_is_rendered_once(
    any_app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/wiki/redis?revision=1")
    assert "<em>text</em>" in first.text
    assert "wikilink missing" in first.text
    monkeypatch.setattr(old_renderings, "render", pytest.fail)
    assert client.get("/wiki/redis?revision=1").text == first.text
    # Links lead where they lead by now.
    make_page("link")
    assert "wikilink missing" not in client.get("/wiki/redis?revision=1").text


def test_what_takes_no_time_is_not_kept(app: Flask, client: Person, make_page: Any) -> None:
    make_page("redis", text="Short.\n")
    client.get("/wiki/redis?revision=1")
    assert _count(app) == 0


@pytest.mark.usefixtures("changed")
def test_the_oldest_go_before_there_are_too_many(
    app: Flask, client: Person, selam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_renderings, "MIN_SECONDS_STORED", 0.0)
    client.get("/wiki/redis?revision=1")
    monkeypatch.setattr(old_renderings, "MAX_STORED_BYTES", 4_000)
    client.get("/wiki/redis?revision=2")
    with app.app_context():
        assert [len(body) < 4_000 for body in db.session.scalars(select(OldRendering.body))] == [
            True
        ]


@pytest.mark.usefixtures("changed")
def test_what_is_erased_is_kept_nowhere(app: Flask, client: Person, admin: Person) -> None:
    client.get("/wiki/redis?revision=1")
    assert _count(app) == 1
    admin.post_form("/erase/redis?revision=1", summary="A password")
    assert _count(app) == 0
    assert "Heading" not in main(client.get("/wiki/redis?revision=1"))


@pytest.mark.parametrize("kind", ["short lines", "escaped", "one line"])
@pytest.mark.usefixtures("unrendered")
def test_whatever_it_holds_the_answer_is_bounded(client: Person, make_page: Any, kind: str) -> None:
    make_page("redis", text=HOSTILE[kind](1))
    for _ in range(2):
        with bounded(SECONDS):
            answer = client.get("/wiki/redis?revision=1")
        assert answer.status_code == 200
        assert len(answer.data) < BYTES
    assert 'href="/raw/redis?revision=1"' in answer.text


def test_contents_and_links_count_too(client: Person, make_page: Any) -> None:
    text = "".join(f"## {n}\n\n[[l{n}]]\n\n" for n in range(4_000))
    make_page("redis", text=text)
    answer = client.get("/wiki/redis?revision=1")
    assert len(answer.data) < BYTES


def test_a_page_that_is_too_long_leads_to_its_source(client: Person, make_page: Any) -> None:
    make_page("redis", text="".join(f"# h{number}\n\n" for number in range(9_000)))
    answer = client.get("/wiki/redis")
    assert len(answer.data) < BYTES
    assert 'id="h0"' in answer.text
    assert "The rest is only in its source" in main(answer)
    assert "Not all of this page could be formatted." in main(answer)
    assert 'href="/raw/redis"' in answer.text
    again = client.get("/wiki/redis", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_what_there_was_no_time_for_is_not_tried_at_every_reading(
    client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("redis", text="Some *text*.\n")
    tried: list[str] = []

    def overloaded(text: str, **_how: object) -> Rendered:
        tried.append(text)
        return source_instead(text, is_overloaded=True)

    monkeypatch.setattr(old_renderings, "render", overloaded)
    answers = [client.get("/wiki/redis?revision=1") for _ in range(3)]
    assert all("no time to format" in main(answer) for answer in answers)
    assert len(tried) == 1
    monkeypatch.undo()
    monkeypatch.setattr(old_renderings, "OLD_RETRY_SECONDS", 0.0)
    assert "<em>text</em>" in client.get("/wiki/redis?revision=1").text
