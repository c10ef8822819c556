"""Lists of deleted pages and erased texts, for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from wiki.accounts.models import User
from wiki.database import db, fetch_records, select_record
from wiki.pages.models import TOMBSTONE, Page, Revision, Text


@dataclass(frozen=True, slots=True)
class DeletedPage:
    """A page that can be restored; `why` is the summary of its deletion."""

    id: int
    path: str
    title: str
    deleted_at: datetime
    deleted_by: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """An erased text, and one page that contained it.

    `revisions` counts the revisions that contained it, in all pages; `deleted_id` is the id of the
    page if it is now deleted.
    """

    erased_at: datetime
    erased_by: str | None
    why: str
    title: str
    path: str
    deleted_id: int | None
    revisions: int


def list_deleted_pages(*, offset: int = 0, limit: int) -> list[DeletedPage]:
    """Deleted pages of the whole wiki, last deleted first.

    Takes no viewer: callers must make sure that an administrator asks.
    """
    why = func.coalesce(_deletion().scalar_subquery(), "")
    query = (
        select_record(DeletedPage, Page, deleted_by=User.username, why=why)
        .outerjoin(User, User.id == Page.deleted_by_id)
        .where(Page.deleted_at.is_not(None))
        .order_by(Page.deleted_at.desc(), Page.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return fetch_records(DeletedPage, query)


def _deletion() -> Select[str]:
    """The summary of a page's last deletion."""
    return (
        select(Revision.summary)
        .where(Revision.page_id == Page.id, Revision.action == "delete")
        .order_by(Revision.number.desc())
        .limit(1)
        .correlate(Page)
    )


def count_deleted_pages() -> int:
    """The length of the whole list of `list_deleted_pages`."""
    query = select(func.count()).select_from(Page).where(Page.deleted_at.is_not(None))
    return db.session.scalar(query) or 0


def list_erasures(*, offset: int = 0, limit: int) -> Sequence[ErasureRecord]:
    """Erased texts, last erased first."""
    held = (
        select(
            Revision.text_hash,
            func.count().label("revisions"),
            func.min(Revision.page_id).label("page_id"),
        )
        .where(Revision.text_hash.startswith(TOMBSTONE))
        .group_by(Revision.text_hash)
        .subquery()
    )
    eraser = aliased(User)
    rows = db.session.execute(
        select(Text.erased_at, eraser.username, Text.erased_why, Page, held.c.revisions)
        .join(held, held.c.text_hash == Text.hash)
        .join(Page, Page.id == held.c.page_id)
        .outerjoin(eraser, eraser.id == Text.erased_by_id)
        .order_by(Text.erased_at.desc(), Text.hash)
        .offset(offset)
        .limit(limit)
    )
    return [
        ErasureRecord(
            at, by, why, page.title, page.path, page.id if page.deleted_at else None, count
        )
        for at, by, why, page, count in rows
    ]


def count_erasures() -> int:
    """The number of erased texts, regardless of how many revisions contained each."""
    query = select(func.count()).select_from(Text).where(Text.hash.startswith(TOMBSTONE))
    return db.session.scalar(query) or 0
