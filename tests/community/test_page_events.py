"""Events of pages: who may know of them, and what they say."""

import pytest

from tests.community.run_notifier import notify
from wiki.access.permissions import anonymous_viewer
from wiki.access.viewers import viewers_of
from wiki.community.events import describe, event_kinds
from wiki.community.notifier.registry import Consumer, register_consumer


@pytest.fixture
def happened(any_app):
    """Gives the events so far."""
    events = []
    register_consumer(any_app, Consumer("watching over", events.extend))

    def happened():
        notify(any_app)
        return events

    return happened


def lines(events, viewer):
    return [told.line for told in describe(events, viewer).values()]


def test_saves_are_reported_with_their_author_and_what_changed(any_app, client_of, happened):
    selam = client_of("selam")
    selam.open_form("/new").submit(title="Redis", path="redis", text="One.", tags="db, cache")
    selam.open_form("/edit/redis").submit(text="Two.", summary="counted on")
    selam.open_form("/edit/redis").submit(text="Three.", summary="and on")
    with any_app.test_request_context():
        told = describe(happened(), anonymous_viewer())
        wrote, once, twice = told.values()
        assert (wrote.url, once.url) == ("/wiki/redis", "/diff/redis?from=1&to=2")
    assert wrote.line == "selam wrote “Redis”"
    assert (wrote.actor, wrote.tags) == ("selam", {"db", "cache"})
    assert once.line == "selam edited “Redis”"
    assert once.excerpt == "counted on"
    assert once.group == twice.group
    with any_app.test_request_context():
        merged = event_kinds()["revision"].merge([once, twice])
        assert merged.line == "2 edits of “Redis” by selam"
        assert merged.url == "/diff/redis?from=1&to=3"
        assert merged.excerpt == "counted on · and on"


def test_a_renaming_is_reported_once_and_leads_to_where_the_page_is(any_app, client_of, happened):
    selam = client_of("selam")
    selam.open_form("/new").submit(title="Redis", path="redis", text="See [[notes]].")
    selam.open_form("/new").submit(title="Notes", path="notes", text="Notes.")
    selam.open_form("/rename/notes").submit(title="Jottings", path="jottings", with_links=True)
    with any_app.test_request_context():
        told = list(describe(happened(), anonymous_viewer()).values())
    assert [each.line for each in told] == [
        "selam wrote “Redis”",
        "selam wrote “Jottings”",
        "selam renamed a page to “Jottings”",
    ]
    assert {each.path for each in told} == {"redis", "jottings"}


def test_a_deleted_page_exists_for_those_who_may_bring_it_back(
    any_app, client_of, make_user, happened
):
    selam, mentor = make_user("selam"), make_user("mulu", role="mentor")
    other = make_user("abebe")
    author = client_of("selam")
    author.open_form("/new").submit(title="Redis", path="redis", text="One.")
    author.open_form("/delete/redis").submit(summary="no use")
    events = happened()
    with any_app.test_request_context():
        viewers = viewers_of([selam.id, mentor.id, other.id])
        assert lines(events, viewers[selam.id])[-1] == "selam deleted “Redis”"
        assert lines(events, viewers[mentor.id])[-1] == "selam deleted “Redis”"
        assert lines(events, viewers[other.id]) == lines(events, anonymous_viewer()) == []
