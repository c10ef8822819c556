"""Who is told of comments, and what."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests import factories
from tests.person import Person
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.events import Event, addressees, describe
from wiki.database import db
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.write import SaveResult
from wiki.search.models import OutboxEntry


def events(*kinds: str) -> list[Event]:
    rows: Sequence[OutboxEntry] = db.session.scalars(
        db.select(OutboxEntry).where(OutboxEntry.event.in_(kinds)).order_by(OutboxEntry.number)
    ).all()
    now = datetime.now(UTC)
    return [Event(r.number, r.event, r.page_id, None, r.actor_id, r.subject_id, now) for r in rows]


@pytest.fixture
def people(app: Flask, make_user: Callable[..., User]) -> dict[str, User]:
    return {name: make_user(name) for name in ("selam", "dawit", "sara", "abel")}


@pytest.fixture
def thread_url(app: Flask, make_page: Callable[..., SaveResult], people: dict[str, User]) -> str:
    page = make_page("docker", tags=["containers"])
    return f"/threads/{factories.make_thread(app, page.page_id, people['selam'], 'Why, @sara?')}"


def test_who_takes_part_and_who_is_mentioned_is_notified(
    app: Flask, thread_url: str, people: dict[str, User], client_of: Callable[[str], Person]
) -> None:
    client_of("dawit").post_form(thread_url, text="Because, @abel.")
    with app.app_context():
        first, second = events("comment")
        told = addressees([first, second])
        ids = {name: user.id for name, user in people.items()}
        assert told[first.number] - {ids["selam"]} == {ids["sara"]}
        assert told[second.number] - {ids["dawit"]} == {ids["selam"], ids["abel"]}
        viewer = Viewer(ids["abel"], "learner")
        shown = describe([second], viewer)[second.number]
        assert shown.line == "dawit mentioned you on “Docker”"
        assert shown.excerpt == "Because, @abel."
        assert (shown.path, shown.tags) == ("docker", frozenset({"containers"}))
        seen = describe([second], Viewer(ids["selam"], "learner"))[second.number]
        assert seen.line == "dawit commented on “Docker”"


def test_a_name_added_later_is_reported_once(
    app: Flask, thread_url: str, people: dict[str, User], client_of: Callable[[str], Person]
) -> None:
    selam = client_of("selam")
    for text in ("Why, @sara and @abel?", "Why, @sara, @abel?"):
        selam.post_form("/comments/1/edit", text=text)
    with app.app_context():
        (mention,) = events("mention")
        assert addressees([mention])[mention.number] == {people["abel"].id}
        shown = describe([mention], Viewer(people["abel"].id, "learner"))
        assert shown[mention.number].line == "selam mentioned you on “Docker”"


def test_nobody_is_notified_of_what_they_may_not_read_now(
    app: Flask, thread_url: str, people: dict[str, User], client_of: Callable[[str], Person]
) -> None:
    sara = Viewer(people["sara"].id, "learner")

    def is_told() -> bool:
        with app.app_context():
            return bool(describe(events("comment"), sara))

    assert is_told()
    client_of("selam").post_form("/comments/1/delete")
    assert not is_told()
    client_of("selam").open_form("/comments/1/history", "csrf_token").submit()
    assert is_told()
    with app.app_context():
        set_rule("docker", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    assert not is_told()
