"""The predicate, in SQL and in Python."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from wiki.access.models import ROOT_RULE_ID
from wiki.access.permissions import (
    Viewer,
    can_administer,
    can_edit,
    can_edit_somewhere,
    can_read,
    can_undelete,
    can_write_at,
    history_visible_to,
    visible_to,
)
from wiki.database import db, utcnow
from wiki.pages.models import Page

VIEWERS = [
    Viewer(user_id, role, is_public)
    for user_id, role in [(None, None), (1, "reader"), (2, "learner"), (3, "admin")]
    for is_public in (True, False)
]


@dataclass
class Row:
    deleted_at: datetime | None = None
    deleted_by_id: int | None = None
    rule_id: int = ROOT_RULE_ID


def test_sql_and_python_say_the_same(context: Flask, make_page: Any) -> None:
    from wiki.pages.writing.write import delete_page

    make_page("kept")
    gone = make_page("gone")
    delete_page(gone.page_id, base_revision=1, by=None)
    for viewer in VIEWERS:
        seen = set(db.session.scalars(db.select(Page.path).where(visible_to(viewer, Page))))
        for page in db.session.scalars(db.select(Page)):
            assert can_read(viewer, page) == (page.path in seen), viewer
        assert "gone" not in seen, viewer
        assert ("kept" in seen) == viewer.may_read, viewer


@pytest.mark.parametrize("viewer", VIEWERS, ids=str)
def test_what_happened_is_reported_of_pages_that_one_sees_or_may_bring_back(
    any_app: Flask, make_page: Any, make_user: Any, viewer: Viewer
) -> None:
    from wiki.pages.writing.write import delete_page

    make_page("kept")
    with any_app.app_context():
        for name, by in (("by-one", 1), ("by-two", 2), ("by-nobody", None)):
            person = make_user(f"person{by}", id=by) if by else None
            delete_page(make_page(name).page_id, base_revision=1, by=person)
        told = set(db.session.scalars(db.select(Page.path).where(history_visible_to(viewer, Page))))
        for page in db.session.scalars(db.select(Page)):
            may = can_read(viewer, page) or can_undelete(viewer, page)
            assert may == (page.path in told)


def test_who_may_write(context: Flask, make_page: Any) -> None:
    make_page("open")
    page = db.session.scalars(db.select(Page)).one()
    roles = (None, "reader", "learner", "mentor", "admin")
    for may in (
        lambda viewer: can_edit(viewer, page),
        lambda viewer: can_write_at(viewer, "nothing/there"),
        can_edit_somewhere,
    ):
        assert [r for r in roles if may(Viewer(1, r))] == ["learner", "mentor", "admin"]
    assert [r for r in roles if can_administer(Viewer(1, r))] == ["admin"]


def test_who_may_bring_back(context: Flask) -> None:
    cases = [
        (Viewer(), False),
        (Viewer(1, "reader"), False),
        (Viewer(1, "learner"), True),
        (Viewer(2, "learner"), False),
        (Viewer(2, "admin"), True),
    ]
    for viewer, may in cases:
        assert can_undelete(viewer, Row(utcnow(), deleted_by_id=1)) is may, viewer
        assert not can_undelete(viewer, Row(None, deleted_by_id=None)), viewer


def test_nobody_in_particular_deleted_it(context: Flask) -> None:
    assert not can_undelete(Viewer(None, "learner"), Row(None))
    assert not can_undelete(Viewer(1, "learner"), Row(utcnow(), None))
    assert can_undelete(Viewer(1, "admin"), Row(utcnow(), None))
