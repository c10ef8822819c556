"""Reading a page: what it shows, what it costs, and how often it is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import db, write_transaction
from wiki.pages.models import Rendering


def test_it_works(client: Person, make_page: Any, make_user: Any) -> None:
    make_page(
        "concepts/caching",
        title="Caching",
        text="Keep *what is slow* to make.\n\n## Where\n\nIn memory.\n",
        kind="concept",
        tags=["Speed"],
        by=make_user("selam"),
    )
    answer = client.get("/wiki/concepts/caching")
    assert answer.status_code == 200
    assert "<em>what is slow</em>" in answer.text
    words = main(answer)
    assert "Caching" in words
    assert "Concept" in words
    assert "selam" in words
    assert 'href="/tags/speed"' in answer.text
    assert "<title>Caching · Nexus</title>" in answer.text


def test_a_page_is_one_query_for_who_is_not_signed_in(
    client: Person, make_page: Any, queries: Any
) -> None:
    make_page("redis", text="[[Celery]] and [[Django]] and [[Redis]].\n", tags=["a", "b"])
    make_page("celery")
    with queries(at_most=2):
        assert client.get("/wiki/redis").status_code == 200
    with queries(at_most=1):
        assert client.get("/wiki/redis").status_code == 200


def test_a_kept_page_is_never_shown_after_a_change_of_any_page(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="See [[Celery]].\n")
    assert "missing" in client.get("/wiki/redis").text
    assert "missing" in client.get("/wiki/redis").text
    make_page("celery")
    assert "wikilink missing" not in client.get("/wiki/redis").text
    selam.post_form("/edit/redis", text="Quite another text.\n")
    assert "Quite another text." in client.get("/wiki/redis").text


def test_a_page_is_two_queries_for_who_is(selam: Person, make_page: Any, queries: Any) -> None:
    make_page("redis", text="[[Celery]] and [[Django]].\n", tags=["a", "b"])
    with queries(at_most=3):
        selam.get("/wiki/redis")
    with queries(at_most=2):
        assert selam.get("/wiki/redis").status_code == 200


def test_a_page_that_is_still_the_same_is_not_sent_again(
    client: Person, make_page: Any, queries: Any
) -> None:
    make_page("redis")
    tag = client.get("/wiki/redis").headers["ETag"]
    with queries(at_most=1):
        answer = client.get("/wiki/redis", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert not answer.data
    assert answer.headers["ETag"] == tag


def test_what_a_reader_keeps_is_nobody_elses(client: Person, make_page: Any) -> None:
    make_page("redis")
    answer = client.get("/wiki/redis")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]


# What changes the validator


@pytest.fixture
def is_sent_again(make_page: Any) -> Callable[..., bool]:
    """`is_sent_again(person, doing)`: whether a page that was read is sent after `doing()`."""
    make_page("redis", text="See [[Celery]].\n")

    def is_sent_again(person: Person, doing: Callable[[], object]) -> bool:
        before = person.get("/wiki/redis")
        tag = before.headers["ETag"]
        unchanged = person.get("/wiki/redis", headers={"If-None-Match": tag})
        assert unchanged.status_code == 304
        doing()
        after = person.get("/wiki/redis", headers={"If-None-Match": tag})
        if after.status_code == 200:
            assert after.headers["ETag"] != tag
            assert after.text != before.text
        return after.status_code == 200

    return is_sent_again


def test_an_edited_page_is_sent_again(client: Person, selam: Person, is_sent_again: Any) -> None:
    assert is_sent_again(client, lambda: selam.post_form("/edit/redis", text="Now longer.\n"))


def test_a_page_whose_kind_alone_changed_is_sent_again(
    client: Person, selam: Person, is_sent_again: Any
) -> None:
    assert is_sent_again(client, lambda: selam.post_form("/edit/redis", kind="technology"))


def test_a_page_is_sent_again_when_what_it_links_to_is_written(
    client: Person, make_page: Any, is_sent_again: Any
) -> None:
    assert is_sent_again(client, lambda: make_page("celery"))


def test_a_page_is_sent_again_when_what_it_links_to_is_deleted(
    client: Person, selam: Person, make_page: Any, is_sent_again: Any
) -> None:
    make_page("celery")
    assert is_sent_again(client, lambda: selam.post_form("/delete/celery"))


def test_a_page_is_sent_again_when_what_it_links_to_moved(
    client: Person, selam: Person, make_page: Any, is_sent_again: Any
) -> None:
    make_page("celery", title="Task queue")
    assert is_sent_again(client, lambda: selam.post_form("/rename/celery", path="queues/celery"))


def test_a_page_is_sent_again_in_another_theme(client: Person, is_sent_again: Any) -> None:
    assert is_sent_again(client, lambda: client.set_cookie("nexus_theme", "dark"))


def test_another_reader_has_another_validator(
    client: Person, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis")
    tags = {person.get("/wiki/redis").headers["ETag"] for person in (client, selam, dawit)}
    assert len(tags) == 3


def test_a_page_is_sent_again_when_the_readers_rights_changed(
    app: Flask, client_of: Any, make_page: Any
) -> None:
    from wiki.accounts.models import User

    make_page("redis")
    person = client_of("selam")
    tag = person.get("/wiki/redis").headers["ETag"]
    with app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.username == "selam").values(role="reader"))
    answer = person.get("/wiki/redis", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "/edit/redis" not in answer.text


def test_a_message_is_shown_once_and_never_kept(selam: Person, make_page: Any) -> None:
    make_page("redis")
    selam.post_form("/edit/redis", text="Another text.\n")
    told = selam.get("/wiki/redis")
    assert "Saved as revision 2" in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert "ETag" not in told.headers
    assert "Saved as revision 2" not in selam.get("/wiki/redis").text


def test_a_signed_in_page_is_not_shown_to_a_stranger(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    selam.get("/wiki/redis")
    assert "selam" not in client.get("/wiki/redis").text
    assert "/edit/redis" not in client.get("/wiki/redis").text


# Addresses


def test_another_spelling_leads_to_the_page_for_good(client: Person, make_page: Any) -> None:
    make_page("concepts/message-queue")
    cases = [
        "Concepts/Message-Queue",
        "concepts/message queue",
        "concepts/message_queue",
        "CONCEPTS/MESSAGE__QUEUE",
    ]
    for spelling in cases:
        answer = client.get(f"/wiki/{spelling}")
        assert answer.status_code == 301, spelling
        assert answer.location == "/wiki/concepts/message-queue", spelling


def test_a_path_spelled_with_combining_marks_is_the_same(client: Person, make_page: Any) -> None:
    make_page("café")
    answer = client.get("/wiki/cafe%CC%81")
    assert answer.status_code == 301
    assert answer.location == "/wiki/caf%C3%A9"


def test_a_title_leads_to_its_page(client: Person, make_page: Any) -> None:
    make_page("challenges/n-plus-one", title="Too many queries")
    answer = client.get("/wiki/Too many queries")
    assert answer.status_code == 302
    assert answer.location == "/wiki/challenges/n-plus-one"


def test_a_path_goes_before_a_title(client: Person, make_page: Any) -> None:
    make_page("redis", title="A store")
    make_page("guides/redis", title="Redis")
    assert "A store" in main(client.get("/wiki/redis"))


def test_a_slash_at_the_end_means_nothing(client: Person, make_page: Any) -> None:
    make_page("redis")
    assert client.get("/wiki/redis/", follow_redirects=True).status_code == 200


# Old revisions


def test_an_old_revision_is_shown_as_one(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", text="The first text.\n")
    selam.post_form("/edit/redis", text="The second text.\n")
    answer = client.get("/wiki/redis?revision=1")
    assert answer.status_code == 200
    assert "The first text." in main(answer)
    assert "This is revision 1" in main(answer)
    assert "noindex" in answer.text


def test_a_revision_that_there_is_not_is_not_found(client: Person, make_page: Any) -> None:
    make_page("redis")
    cases = [
        "0",
        "3",
        "-1",
        "1.5",
        "abc",
        "",
        "%00",
        "999999999",
        "9999999999",
        "9" * 400,
        "%D9%A1",
    ]
    for number in cases:
        answer = client.get(f"/wiki/redis?revision={number}")
        assert answer.status_code == 404, number
        assert "No such revision" in main(answer), number


def test_the_revision_of_another_page_is_not_found(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("celery")
    selam.post_form("/edit/celery", text="More of it.\n")
    assert client.get("/wiki/redis?revision=2").status_code == 404


# Stored renderings


def test_a_rendering_of_an_older_renderer_is_renewed(
    app: Flask, client: Person, make_page: Any, queries: Any
) -> None:
    make_page("redis", text="A **new** text.\n")
    with app.app_context(), write_transaction() as session:
        session.execute(update(Rendering).values(renderer="0", html="<p>Out of date.</p>"))
    assert "<strong>new</strong>" in client.get("/wiki/redis").text
    with app.app_context():
        assert "<strong>new</strong>" in db.session.scalars(db.select(Rendering.html)).one()
    with queries(at_most=1):
        client.get("/wiki/redis")


def test_a_page_without_a_rendering_is_rendered(app: Flask, client: Person, make_page: Any) -> None:
    make_page("redis", text="A **new** text.\n")
    with app.app_context(), write_transaction() as session:
        session.execute(db.delete(Rendering))
    assert "<strong>new</strong>" in client.get("/wiki/redis").text


def test_a_title_is_escaped(client: Person, make_page: Any) -> None:
    make_page("redis", title="Redis & <friends>")
    assert "<title>Redis &amp; &lt;friends&gt; · Nexus</title>" in client.get("/wiki/redis").text
