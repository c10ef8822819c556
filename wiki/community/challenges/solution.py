"""Marks a challenge as solved or open; for its author and for mentors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_discuss, can_edit, can_review
from wiki.accounts.models import User
from wiki.community.challenges.models import ChallengeSolution
from wiki.database import db, insert_into, utcnow
from wiki.kinds.builtin import BUILTIN_KINDS, CHALLENGE, FIX
from wiki.kinds.kind import KindField
from wiki.kinds.values import as_typed, read_field
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.fields import change_fields
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import SaveResult

SOLVED, OPEN = "solved", "open"
MOST_HELPERS = 30  # people offered as solvers, the most recent ones


@dataclass(frozen=True, slots=True)
class Helper:
    """A user who edited a challenge, and may have solved it."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Solution:
    """Who solved a challenge (a user name or `None`), and when it was marked as solved."""

    solver: str | None
    marked_at: datetime


def author_of_challenge(page_id: int) -> int | None:
    """The id of the user who created the page."""
    first = select(Revision.author_id).where(Revision.page_id == page_id, Revision.number == 1)
    asked_by: int | None = db.session.scalar(first)
    return asked_by


def can_mark(viewer: Viewer, page: Page) -> bool:
    """Whether `viewer` may mark it as solved: its author, and mentors who may edit the page."""
    if can_review(viewer) and can_edit(viewer, page):
        return True
    if viewer.is_on_review:  # marking it is an edit, which has to be reviewed first
        return False
    return can_discuss(viewer, page) and viewer.user_id == author_of_challenge(page.id)


def helpers_of(page: Page) -> list[Helper]:
    """The users who edited the page, most recent first, its author last; at most `MOST_HELPERS`."""
    asked_by = author_of_challenge(page.id)
    rows = db.session.execute(
        select(User.id, User.username)
        .join(Revision, Revision.author_id == User.id)
        .where(Revision.page_id == page.id, Revision.cause_id.is_(None), User.closed_at.is_(None))
        .order_by(Revision.number.desc())
    )
    found = list({row.id: Helper(row.id, row.username) for row in rows}.values())[:MOST_HELPERS]
    return sorted(found, key=lambda each: each.id == asked_by)


def fix_field() -> KindField:
    """The field of challenges that holds the solution."""
    field = BUILTIN_KINDS[CHALLENGE].field(FIX)
    assert field is not None  # noqa: S101  # of a challenge
    return field


def fix_of(page: Page) -> str:
    """The solution in the page's field, as text for a form."""
    stored = load_content(db.session(), page.id, page.revision_count).fields.get(FIX)
    return "".join(as_typed(fix_field(), stored))


def mark_solved(
    viewer: Viewer,
    page: Page,
    by: User,
    *,
    base_revision: int,
    fix: str | None,
    solver_id: int | None,
    summary: str,
) -> SaveResult:
    """Mark the challenge as solved by the user `solver_id`, in a new revision.

    `fix` is the solution; `None` leaves it unchanged. Changes since `base_revision` are merged.
    Raises `Forbidden`, `ValueRefused` for an invalid `fix`, `PageNotFound`, `StorageUnavailable`.
    """
    _check(viewer, page)
    marked_by = by.id

    def solved(fields: Mapping[str, Any]) -> Mapping[str, Any]:
        changed = {} if fix is None else {FIX: read_field(fix_field(), [fix], fields.get(FIX))}
        return {**fields, "status": SOLVED, **changed}

    def store(session: Session, saved: SaveResult) -> None:
        values = {
            "solver_id": solver_id,
            "revision_number": saved.number,
            "marked_by_id": marked_by,
            "marked_at": utcnow(),
        }
        row = insert_into(session, ChallengeSolution).values(page_id=saved.page_id, **values)
        session.execute(row.on_conflict_do_update(index_elements=["page_id"], set_=values))
        raise_activity(session, saved.page_id)

    return change_fields(page, solved, seen=base_revision, by=by, summary=summary, within=store)


def reopen(viewer: Viewer, page: Page, by: User, *, base_revision: int, summary: str) -> SaveResult:
    """Open a challenge again, in a new revision. Raises what `mark_solved` does."""
    _check(viewer, page)

    def forget(session: Session, saved: SaveResult) -> None:
        gone = delete(ChallengeSolution).where(ChallengeSolution.page_id == saved.page_id)
        session.execute(gone)
        raise_activity(session, saved.page_id)

    return change_fields(
        page,
        lambda fields: {**fields, "status": OPEN},
        seen=base_revision,
        by=by,
        summary=summary,
        within=forget,
    )


def still_holds() -> ColumnElement[bool]:
    """A condition: the page has stayed solved since its `ChallengeSolution` was stored."""
    later = aliased(Revision)
    return ~exists().where(
        later.page_id == ChallengeSolution.page_id,
        later.number >= ChallengeSolution.revision_number,
        func.coalesce(later.fields["status"].as_string(), "") != SOLVED,
    )


def solution_of(page: Page) -> Solution | None:
    """The solution of a challenge; `None` if it isn't solved."""
    row = db.session.execute(
        select(User.username, ChallengeSolution.marked_at)
        .outerjoin(User, User.id == ChallengeSolution.solver_id)
        .select_from(ChallengeSolution)
        .where(ChallengeSolution.page_id == page.id, still_holds())
    ).one_or_none()
    return Solution(row.username, row.marked_at) if row else None


def _check(viewer: Viewer, page: Page) -> None:
    if not can_mark(viewer, page):
        raise Forbidden
