"""The history of one page; see `recent_changes` for that of all pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from wiki.accounts.models import User
from wiki.database import db, fetch_records, select_record
from wiki.pages.models import TOMBSTONE, Page, Revision, Text


@dataclass(frozen=True, slots=True)
class Change:
    """A revision in a list.

    `cause_id` is the id of the revision of another page that caused it. `path` is the current path
    of the page, `path_then` its path after this revision; `path_before` and `title_before` are
    those of the previous revision.
    """

    id: int
    cause_id: int | None
    page_id: int
    title: str
    path: str
    kind: str
    number: int
    action: str
    author: str | None
    author_name: str | None  # name of an author without an account
    created_at: datetime
    summary: str
    is_minor: bool
    size: int  # characters
    delta: int | None  # in characters, from the previous revision; unknown if that one was erased
    is_current: bool
    parent_number: int | None
    merged_number: int | None
    merged_author: str | None
    path_then: str
    path_before: str | None
    title_before: str | None
    is_deleted: bool  # whether the page is deleted now
    erased_at: datetime | None
    erased_by: str | None
    erased_why: str | None
    accepted_by: str | None  # who accepted it, if it was a proposal
    is_improved: bool  # whether they changed it when accepting

    @property
    def is_moved(self) -> bool:
        """Whether the revision changed the path of the page."""
        return self.path_before is not None and self.path_before != self.path_then

    @property
    def is_retitled(self) -> bool:
        """Whether the revision changed the title of the page."""
        return self.title_before is not None and self.title_before != self.title

    @property
    def is_renamed(self) -> bool:
        """Whether it is a rename that changed path or title."""
        return self.action == "rename" and (self.is_moved or self.is_retitled)


@dataclass(frozen=True, slots=True)
class PageAuthor:
    """An author of a page, and how many of its revisions they wrote."""

    id: int
    username: str
    count: int


def changes_query() -> Select[*tuple[Any, ...]]:
    """Selects rows of `Change` from the revisions of all pages, in no particular order.

    Callers add conditions, including what the viewer may see, and the order.
    """
    before, merged = aliased(Revision), aliased(Revision)
    other, eraser, accepter = aliased(User), aliased(User), aliased(User)
    # Only tombstones are joined: a text's row is as large as the text.
    is_erased = Revision.text_hash.startswith(TOMBSTONE)
    is_unknown = is_erased | func.coalesce(before.text_hash.startswith(TOMBSTONE), False)
    return (
        select_record(
            Change,
            Revision,
            path=Page.path,
            author=User.username,
            delta=case((~is_unknown, Revision.size - func.coalesce(before.size, 0))),
            is_current=Revision.number == Page.revision_count,
            merged_author=other.username,
            path_then=Revision.path,
            path_before=before.path,
            title_before=before.title,
            is_deleted=Page.deleted_at.is_not(None),
            erased_at=Text.erased_at,
            erased_by=eraser.username,
            erased_why=Text.erased_why,
            accepted_by=accepter.username,
        )
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(Text, (Text.hash == Revision.text_hash) & is_erased)
        .outerjoin(User, User.id == Revision.author_id)
        .outerjoin(accepter, accepter.id == Revision.accepted_by_id)
        .outerjoin(
            before, (before.page_id == Revision.page_id) & (before.number == Revision.number - 1)
        )
        .outerjoin(
            merged,
            (merged.page_id == Revision.page_id) & (merged.number == Revision.merged_number),
        )
        .outerjoin(other, other.id == merged.author_id)
        .outerjoin(eraser, eraser.id == Text.erased_by_id)
    )


def page_history(
    page_id: int,
    *,
    author_id: int | None = None,
    before: int | None = None,
    offset: int = 0,
    limit: int,
) -> list[Change]:
    """Revisions of a page, newest first; optionally of one author, or before a revision number.

    Callers must have checked that the viewer may see the page.
    """
    query = changes_query().where(Revision.page_id == page_id)
    if author_id is not None:
        query = query.where(Revision.author_id == author_id)
    if before is not None:
        query = query.where(Revision.number < before)
    return fetch_changes(query.order_by(Revision.number.desc()), offset, limit)


def page_authors(page_id: int) -> list[PageAuthor]:
    """The authors of a page, those with the most revisions first."""
    count = func.count()
    rows = db.session.execute(
        select(User.id, User.username, count)
        .join(Revision, Revision.author_id == User.id)
        .where(Revision.page_id == page_id)
        .group_by(User.id, User.username)
        .order_by(count.desc(), User.username)
    )
    return [PageAuthor(*row) for row in rows]


def fetch_changes(query: Select[*tuple[Any, ...]], offset: int, limit: int) -> list[Change]:
    """Run a query made from `changes_query`: at most `limit` changes after the first `offset`."""
    return fetch_records(Change, query.offset(offset).limit(limit))
