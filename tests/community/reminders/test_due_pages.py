"""Watchers are told once a week of all pages that may be out of date."""

import pytest

from tests import factories
from tests.community.run_notifier import notify
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.community.events import Event
from wiki.community.reminders import due_pages
from wiki.community.reminders.due_pages import DUE_LIST, announce_due_pages, describe
from wiki.community.watching.models import Notification, NotifiedEvent, Watch
from wiki.database import db, utcnow, write_transaction
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def _watch(user, target, page_id=None):
    scope = target.partition(":")[0]
    with write_transaction() as session:
        session.add(Watch(user_id=user.id, scope=scope, target=target, page_id=page_id))


def test_a_watcher_is_notified_of_all_due_pages_in_one_notification(any_app):
    users = {name: factories.make_user(any_app, name, role="reader") for name in ("selam", "hana")}
    fields = {"review_by": "2026-01-01"}
    one = factories.make_page(any_app, "guides/one", title="Guide one", fields=fields)
    for path in ("guides/two", "elsewhere", "guides/closed"):
        factories.make_page(any_app, path, title=f"Page {path}", fields=fields)
    factories.make_page(any_app, "guides/fresh", title="Fresh")
    with any_app.app_context():
        set_rule("guides/closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        _watch(users["selam"], "tree:guides")
        _watch(users["selam"], f"page:{one.page_id}", one.page_id)
        _watch(users["hana"], "tree:guides/closed")
        announce_due_pages()
    notify(any_app)
    selam, hana = (factories.client_of(any_app, user) for user in users.values())
    said = selam.get("/notifications").text
    assert "2 pages that you watch may be out of date" in said
    with any_app.app_context():
        told = db.select(Notification.user_id).join(
            NotifiedEvent, NotifiedEvent.number == Notification.event_number
        )
        ids = db.session.scalars(told.where(NotifiedEvent.kind == DUE_LIST)).all()
        assert ids == [users["selam"].id]
    assert "may be out of date" not in hana.get("/notifications").text


def test_it_is_described_as_of_now_and_to_nobody_else(app):
    selam = factories.make_user(app, "selam")
    page = factories.make_page(app, "guide", title="ሬዲስ", fields={"review_by": "2026-01-01"})
    event = Event(1, "due-list", None, None, None, selam.id, utcnow())
    viewer = Viewer(selam.id, "learner")
    with app.test_request_context():
        assert describe([event], viewer) == {}  # nothing is watched
        _watch(selam, f"page:{page.page_id}", page.page_id)
        assert describe([event], viewer)[1].excerpt == "ሬዲስ"
        assert describe([event], Viewer(selam.id + 1, "admin")) == {}


def test_nobody_is_asked_again_what_was_asked_for_the_announcement(app, monkeypatch):
    page = factories.make_page(app, "guide", fields={"review_by": "2026-01-01"})
    selam = factories.make_user(app, "selam")
    with app.app_context():
        _watch(selam, f"page:{page.page_id}", page.page_id)
        announce_due_pages()
    # With all pages of the wiki for each person, others would wait for hours to be told anything.
    monkeypatch.setattr(due_pages, "due_pages", lambda *_: pytest.fail("asked again"))
    notify(app)
    with app.app_context():
        kinds = db.select(NotifiedEvent.kind).join(
            Notification, NotifiedEvent.number == Notification.event_number
        )
        assert DUE_LIST in db.session.scalars(kinds).all()
