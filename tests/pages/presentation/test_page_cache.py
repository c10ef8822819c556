"""Finished pages that are kept: when they are used, when they aren't, and for whom."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.person import Person
from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.pages.models import Page
from wiki.pages.presentation.page_cache import USERNAME_PLACEHOLDER
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.revision_store import append_revision, lock_page, store_rendering


@pytest.fixture
def is_kept(queries: Any) -> Callable[..., bool]:
    """`is_kept(person, path)`: whether the page was sent without reading it from the database."""

    def is_kept(person: Person, path: str) -> bool:
        with queries() as statements:
            assert person.get(f"/wiki/{path}").status_code == 200
        return not any("rendering" in statement for statement in statements)

    return is_kept


# Changes


def test_an_edit_leaves_other_pages_kept(
    any_app: Flask, client: Person, selam: Person, make_page: Any, is_kept: Any
) -> None:
    make_page("redis", text="See [[Celery]].\n")
    make_page("celery")
    assert not is_kept(client, "redis")
    selam.post_form("/edit/celery", text="Another text.\n")
    assert is_kept(client, "redis")
    assert not is_kept(client, "celery")
    assert "Another text." in client.get("/wiki/celery").text


@pytest.mark.parametrize(
    "change",
    [
        ("/edit/queues", {"title": "Celery"}),
        ("/rename/queues", {"path": "celery"}),
        ("/delete/queues", {}),
        ("/new?title=Celery", {"text": "A task queue.\n"}),
    ],
)
def test_a_page_shows_at_once_what_its_links_lead_to(
    client: Person, selam: Person, make_page: Any, change: tuple[str, dict[str, str]]
) -> None:
    url, fields = change
    make_page("queues")
    make_page("redis", text="See [[Celery]] and [[Queues]].\n")
    before = client.get("/wiki/redis").text
    selam.post_form(url, **fields)
    assert client.get("/wiki/redis").text != before


def test_another_process_shows_a_change_at_once(
    any_app: Flask, make_app: Any, make_page: Any, selam: Person
) -> None:
    other = make_app().test_client()
    make_page("redis")
    other.get("/wiki/redis")
    selam.post_form("/edit/redis", text="Another text.\n")
    assert "Another text." in other.get("/wiki/redis").text


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_change_with_a_lower_number_may_come_later(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("celery")
    with app.app_context(), Session(db.engine) as late:
        page = lock_page(late, late.scalars(select(Page.id).where(Page.key == "redis")).one())
        append_revision(late, page, Content("Redis", "Late.\n"), by=None, action="edit")
        store_rendering(late, page, derive(render("Late.\n", path="redis")))
        selam.post_form("/edit/celery", text="Another text.\n")
        assert "Late." not in client.get("/wiki/redis").text
        late.commit()
    assert "Late." in client.get("/wiki/redis").text


# Readers


def test_readers_of_one_role_share_a_page_but_not_a_name(
    client_of: Any, make_page: Any, is_kept: Any
) -> None:
    make_page("redis")
    selam, other = client_of("selam"), client_of("ዳዊት")
    assert not is_kept(selam, "redis")
    assert is_kept(other, "redis")
    seen = other.get("/wiki/redis").text
    assert '<bdi class="person-name">ዳዊት</bdi>' in seen
    assert 'href="/users/%E1%8B%B3%E1%8B%8A%E1%89%B5"' in seen
    assert "selam" not in seen
    assert "selam" in selam.get("/wiki/redis").text


def test_a_name_is_escaped_wherever_it_stands(
    app: Flask, client_of: Any, make_user: Any, make_page: Any
) -> None:
    make_page("redis")
    client_of("selam").get("/wiki/redis")
    odd = client_of("odd")
    with app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.username == "odd").values(username='<b>"&/'))
    seen = odd.get("/wiki/redis").text
    assert '<bdi class="person-name">&lt;b&gt;&#34;&amp;/</bdi>' in seen
    assert "<b>" not in seen
    assert 'href="/users/%3Cb%3E' in seen


def test_the_stand_in_is_never_sent(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis")
    selam.post_form("/edit/redis", text="Another text.\n")
    secret = USERNAME_PLACEHOLDER.strip("<>")
    with_message, finished, kept = (selam.get("/wiki/redis").text for _ in range(3))
    assert "Saved as revision 2" in with_message
    for text in (with_message, finished, kept):
        assert secret not in text
        assert '<bdi class="person-name">selam</bdi>' in text
    assert secret not in client.get("/wiki/redis").text


@pytest.mark.parametrize("column", [{"role": "reader"}, {"is_enabled": False}])
def test_who_lost_a_right_is_shown_no_page_of_who_has_it(
    app: Flask, selam: Person, dawit: Person, make_page: Any, column: dict[str, Any]
) -> None:
    make_page("redis")
    assert "/edit/redis" in selam.get("/wiki/redis").text
    assert "/edit/redis" in dawit.get("/wiki/redis").text
    with app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.username == "selam").values(**column))
    assert "/edit/redis" not in selam.get("/wiki/redis").text
    assert "/edit/redis" in dawit.get("/wiki/redis").text


def test_a_new_name_is_a_new_page(app: Flask, selam: Person, make_page: Any) -> None:
    make_page("redis")
    tag = selam.get("/wiki/redis").headers["ETag"]
    with app.app_context(), write_transaction() as session:
        session.execute(update(User).values(username="selamawit"))
    answer = selam.get("/wiki/redis", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "selamawit" in answer.text


# Compression


def test_a_kept_page_is_sent_compressed_to_who_accepts_it(client: Person, make_page: Any) -> None:
    make_page("redis")
    plain = client.get("/wiki/redis")
    packed = client.get("/wiki/redis", headers={"Accept-Encoding": "br, gzip"})
    refused = client.get("/wiki/redis", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Cookie" in answer.headers["Vary"]


def test_a_compressed_page_has_its_readers_name(selam: Person, make_page: Any) -> None:
    make_page("redis")
    plain = selam.get("/wiki/redis")
    packed = selam.get("/wiki/redis", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert b"selam" in plain.data
