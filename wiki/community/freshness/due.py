"""Which pages are due for review, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to
from wiki.community.freshness.models import FreshnessCheck, FreshnessReport
from wiki.community.freshness.versions import NamedVersion, is_behind, named_versions
from wiki.database import db, in_batches
from wiki.kinds.builtin import APPLIES_TO, REVIEW_BY
from wiki.kinds.values import date_in
from wiki.pages.models import Page, Redirect, Revision
from wiki.search.documents import OBSOLETE

VERSION_FIELDS = (APPLIES_TO, "versions")  # fields with versions of technologies
TECHNOLOGY, VERSION = "technology", "version"  # the kind, and its field
# Actions after which a page isn't due any more, as somebody has looked at it.
ANSWERING = ("edit", "merge", "restore", "undo")


@dataclass(frozen=True, slots=True)
class Behind:
    """An outdated version on a page, and the current one on the technology's page."""

    version: NamedVersion
    current: str
    path: str  # of the technology's page


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page and why it is due: its review date, outdated versions, open reports."""

    id: int
    path: str
    title: str
    review_by: date | None
    behind: Sequence[Behind]
    reports: int

    @property
    def is_due(self) -> bool:
        """Whether there is any reason for a review."""
        return bool(self.review_by or self.behind or self.reports)


def due_pages(viewer: Viewer) -> list[DuePage]:
    """The due pages that `viewer` may read, those with most reports first."""
    found = _due(viewer, true())
    return sorted(found, key=lambda page: (-page.reports, not page.review_by, page.title, page.id))


def is_obsolete(page: Page) -> bool:
    """Whether the page's current revision is marked as obsolete."""
    current = and_(Revision.page_id == page.id, Revision.number == page.revision_count)
    return (
        db.session.scalar(select(Revision.fields[OBSOLETE].as_string()).where(current)) is not None
    )


def due_among(viewer: Viewer, page_ids: Sequence[int]) -> list[DuePage]:
    """The due pages among these that the viewer may read."""
    return [page for ids in in_batches(page_ids) for page in _due(viewer, Page.id.in_(ids))]


def open_reports_of(page: Any) -> Select[Any]:
    """A statement for the open reports of `page`, which is `Page` or an alias."""
    return select(FreshnessReport).where(FreshnessReport.page_id == page.id, is_open())


def is_open() -> ColumnElement[bool]:
    """A condition on `FreshnessReport`: the page hasn't been edited since."""
    later = aliased(Revision)
    return ~exists().where(
        later.page_id == FreshnessReport.page_id,
        later.number > FreshnessReport.revision_number,
        later.action.in_(ANSWERING),
        later.is_minor.is_(False),
    )


def _due(viewer: Viewer, wanted: ColumnElement[bool]) -> list[DuePage]:
    today = datetime.now(UTC).date()
    rows = db.session.execute(_candidates(viewer, today).where(wanted)).all()
    known = _current_versions(
        viewer, {each.key for row in rows for each in named_versions(row.fields, VERSION_FIELDS)}
    )
    pages = (_due_page(row, today, known) for row in rows)
    return [page for page in pages if page.is_due]


def _candidates(viewer: Viewer, today: date) -> Select[Any]:
    """A statement for pages with a review date, versions or open reports, and their last check."""
    reports = (
        select(func.count())
        .where(FreshnessReport.page_id == Page.id, is_open())
        .correlate(Page)
        .scalar_subquery()
    )
    later = aliased(Revision)
    answered = (
        select(func.max(later.created_at))
        .where(later.page_id == Page.id, later.action.in_(ANSWERING), later.is_minor.is_(False))
        .correlate(Page)
        .scalar_subquery()
    )
    fields = Revision.fields
    has_version = or_(*(fields[name].as_string().is_not(None) for name in VERSION_FIELDS))
    day = fields[REVIEW_BY].as_string()
    return (
        select(
            Page.id,
            Page.path,
            Page.title,
            fields.label("fields"),
            reports.label("reports"),
            FreshnessCheck.checked_at,
            FreshnessCheck.versions,
            answered.label("answered_at"),
        )
        .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count))
        .outerjoin(FreshnessCheck, FreshnessCheck.page_id == Page.id)
        .where(
            visible_to(viewer, Page),
            fields[OBSOLETE].as_string().is_(None),
            or_(
                day <= today.isoformat(),
                has_version,
                Page.id.in_(select(FreshnessReport.page_id)),
            ),
        )
        .order_by(Page.id)
    )


def _due_page(row: Any, today: date, known: Mapping[str, tuple[str, str]]) -> DuePage:
    day = date_in(str(row.fields.get(REVIEW_BY, "")))
    answered = [at.date() for at in (row.checked_at, row.answered_at) if at is not None]
    if day and (day > today or any(at >= day for at in answered)):
        day = None
    return DuePage(row.id, row.path, row.title, day, list(_behind(row, known)), row.reports)


def _behind(row: Any, known: Mapping[str, tuple[str, str]]) -> Iterable[Behind]:
    checked = row.versions or {}
    for version in named_versions(row.fields, VERSION_FIELDS):
        current, path = known.get(version.key, ("", ""))
        is_checked = checked.get(version.key) == current
        if path != row.path and is_behind(version.number, current) and not is_checked:
            yield Behind(version, current, path)


def _current_versions(viewer: Viewer, keys: set[str]) -> dict[str, tuple[str, str]]:
    """By key of a technology's name: the version on its page, and the page's path."""
    found: dict[str, tuple[str, str]] = {}
    for some in in_batches(keys):
        moved = select(Redirect.page_id).where(Redirect.key.in_(some))
        last = func.coalesce(Redirect.key, "")
        rows = db.session.execute(
            select(Page.key, Page.title_key, last, Page.path, Revision.fields)
            .join(
                Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count)
            )
            .outerjoin(Redirect, and_(Redirect.page_id == Page.id, Redirect.key.in_(some)))
            .where(
                visible_to(viewer, Page),
                Page.kind == TECHNOLOGY,
                or_(Page.title_key.in_(some), Page.key.in_(some), Page.id.in_(moved)),
            )
            .order_by(Page.path)
        )
        for key, title_key, redirected, path, fields in rows:
            version = fields.get(VERSION)
            if isinstance(version, str) and version.strip():
                for name in (title_key, key, redirected):
                    found.setdefault(name, (version.strip(), path))
    return found
