"""Reports that a page no longer works, and the answers of editors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.freshness.due import due_among, open_reports_of
from wiki.community.freshness.models import REASON_LIMIT, FreshnessCheck, FreshnessReport
from wiki.database import db, insert_into, utcnow, write_transaction
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.content import clean_summary
from wiki.pages.writing.fields import change_fields
from wiki.pages.writing.write import SaveResult
from wiki.search.documents import OBSOLETE


@dataclass(frozen=True, slots=True)
class ReportView:
    """An open report, as readers of the page see it; `reported_at` is in UTC."""

    username: str
    reason: str
    reported_at: datetime


def open_reports(page: Page) -> list[ReportView]:
    """The open reports of a page, newest first. The caller checks that the viewer may read it."""
    query = open_reports_of(page).join(User, User.id == FreshnessReport.user_id)
    columns = (User.username, FreshnessReport.reason, FreshnessReport.reported_at)
    rows = db.session.execute(
        query.with_only_columns(*columns).order_by(FreshnessReport.reported_at.desc())
    )
    return [ReportView(*row) for row in rows]


def report_page(viewer: Viewer, page: Page, reason: str, *, seen: int | None) -> None:
    """Store or replace the viewer's report that revision `seen` of the page no longer works."""
    number = min(seen or page.revision_count, page.revision_count)
    values = {
        "revision_number": max(number, 1),
        "reason": clean_summary(reason)[:REASON_LIMIT],
        "reported_at": utcnow(),
    }
    with write_transaction() as session:
        row = insert_into(session, FreshnessReport)
        row = row.values(page_id=page.id, user_id=viewer.user_id, **values)
        keys = ["page_id", "user_id"]
        session.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
        raise_activity(session, page.id)


def withdraw_report(viewer: Viewer, page: Page) -> None:
    """Delete the viewer's own report on the page, if there is one."""
    with write_transaction() as session:
        session.execute(
            delete(FreshnessReport).where(
                FreshnessReport.page_id == page.id, FreshnessReport.user_id == viewer.user_id
            )
        )
        raise_activity(session, page.id)


def confirm_page(viewer: Viewer, page: Page, *, seen_until: datetime | None = None) -> bool:
    """Confirm that the page is still right, so that it isn't due any more.

    Deletes its reports, or those until `seen_until` (UTC); returns whether there are newer ones.
    """
    answered = [FreshnessReport.page_id == page.id]
    if seen_until is not None:
        answered.append(FreshnessReport.reported_at <= seen_until)
    versions = {
        behind.version.key: behind.current
        for due in due_among(viewer, [page.id])
        for behind in due.behind
    }
    with write_transaction() as session:
        known = session.get(FreshnessCheck, page.id, with_for_update=True)
        values: dict[str, Any] = {
            "checked_by_id": viewer.user_id,
            "checked_at": utcnow(),
            "versions": {**(known.versions if known else {}), **versions},
        }
        row = insert_into(session, FreshnessCheck).values(page_id=page.id, **values)
        session.execute(row.on_conflict_do_update(index_elements=["page_id"], set_=values))
        session.execute(delete(FreshnessReport).where(*answered))
        raise_activity(session, page.id)
        newer = select(FreshnessReport.page_id).where(FreshnessReport.page_id == page.id)
        return session.scalar(newer.limit(1)) is not None


def mark_obsolete(
    page: Page, base_revision: int | None, *, by: User, summary: str, is_obsolete: bool = True
) -> SaveResult:
    """Mark the page as obsolete, or as valid again, in a new revision.

    Raises what `save_edit` does.
    """
    values = {OBSOLETE: "yes"} if is_obsolete else {}

    def marked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in fields.items() if name != OBSOLETE} | values

    return change_fields(page, marked, seen=base_revision, by=by, summary=clean_summary(summary))
