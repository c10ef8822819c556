"""Marking a challenge as solved: by who asked, or by a mentor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_discuss, can_edit, can_review
from wiki.accounts.models import User
from wiki.community.challenges.models import ChallengeSolution
from wiki.database import db, insert_into, utcnow, write_transaction
from wiki.i18n import Words
from wiki.kinds.builtin import BUILTIN_KINDS, CHALLENGE, FIX
from wiki.kinds.kind import KindField
from wiki.kinds.values import read_typed
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.content import Content
from wiki.pages.writing.store import load_content, load_content_or_empty
from wiki.pages.writing.write import Edit, SaveResult, save_edit

SOLVED, OPEN = "solved", "open"
MOST_HELPERS = 30  # of a page that are offered, the last ones


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who wrote on a challenge."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Solution:
    """Whose answer solved a challenge, and when that was said; `None` for nobody in particular."""

    solver: str | None
    marked_at: datetime


def asker_of(page_id: int) -> int | None:
    """Who began the page."""
    first = select(Revision.author_id).where(Revision.page_id == page_id, Revision.number == 1)
    asked_by: int | None = db.session.scalar(first)
    return asked_by


def can_mark(viewer: Viewer, page: Page) -> bool:
    """Whether `viewer` says what solved it: who asked, and mentors who may edit the page."""
    if can_review(viewer) and can_edit(viewer, page):
        return True
    return can_discuss(viewer, page) and viewer.user_id == asker_of(page.id)


def helpers_of(page: Page) -> list[Helper]:
    """Who wrote on the page, the last ones first; who asked comes last."""
    asked_by = asker_of(page.id)
    rows = db.session.execute(
        select(User.id, User.username)
        .join(Revision, Revision.author_id == User.id)
        .where(Revision.page_id == page.id, Revision.cause_id.is_(None), User.closed_at.is_(None))
        .order_by(Revision.number.desc())
    )
    found = list({row.id: Helper(row.id, row.username) for row in rows}.values())[:MOST_HELPERS]
    return sorted(found, key=lambda each: each.id == asked_by)


def fix_field() -> KindField:
    """The field that says what solved a challenge."""
    field = BUILTIN_KINDS[CHALLENGE].field(FIX)
    assert field is not None  # noqa: S101  # of a challenge
    return field


def fix_of(page: Page) -> str:
    """What the page says about what solved it."""
    stored = load_content(db.session(), page.id, page.revision_count).fields.get(FIX)
    return stored if isinstance(stored, str) else ""


def mark_solved(
    viewer: Viewer,
    page: Page,
    by: User,
    *,
    base_revision: int,
    fix: str,
    solver_id: int | None,
    summary: str,
) -> SaveResult:
    """Mark the challenge as solved by `solver_id`, with what solved it, as a revision.

    What changed since `base_revision` is merged. Raises `Forbidden`, `ValueRefused` of `fix`,
    `PageNotFound`, `StorageUnavailable`.
    """
    _check(viewer, page)
    marked_by, page_id = by.id, page.id
    fields = {"status": SOLVED, FIX: read_typed(fix_field(), [fix])}
    saved = _save(page, by, base_revision, fields, summary)
    with write_transaction() as session:
        values = {"solver_id": solver_id, "marked_by_id": marked_by, "marked_at": utcnow()}
        row = insert_into(session, ChallengeSolution).values(page_id=page_id, **values)
        session.execute(row.on_conflict_do_update(index_elements=["page_id"], set_=values))
        raise_activity(session, page_id)
    return saved


def reopen(viewer: Viewer, page: Page, by: User, *, base_revision: int, summary: str) -> SaveResult:
    """Open a challenge again, as a revision. Raises as `mark_solved` does."""
    _check(viewer, page)
    page_id = page.id
    saved = _save(page, by, base_revision, {"status": OPEN}, summary)
    with write_transaction() as session:
        session.execute(delete(ChallengeSolution).where(ChallengeSolution.page_id == page_id))
        raise_activity(session, page_id)
    return saved


def solution_of(page: Page) -> Solution | None:
    """Whose answer solved it, while it is solved."""
    if page.status != SOLVED:
        return None
    row = db.session.execute(
        select(User.username, ChallengeSolution.marked_at)
        .outerjoin(User, User.id == ChallengeSolution.solver_id)
        .select_from(ChallengeSolution)
        .where(ChallengeSolution.page_id == page.id)
    ).one_or_none()
    return Solution(row.username, row.marked_at) if row else None


def _check(viewer: Viewer, page: Page) -> None:
    if not can_mark(viewer, page):
        raise Forbidden


def _save(
    page: Page, by: User, base_revision: int, fields: Mapping[str, object], summary: str | Words
) -> SaveResult:
    is_known = 1 <= base_revision <= page.revision_count
    number = base_revision if is_known else page.revision_count
    base: Content = load_content_or_empty(db.session(), page.id, number)
    content = replace(base, fields={**base.fields, **fields})
    return save_edit(page.id, Edit(content, number, summary=str(summary)), by=by)
