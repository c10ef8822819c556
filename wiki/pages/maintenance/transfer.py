"""Writes and reads many pages at once, for imports, exports and the starter pages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db, in_batches, is_postgresql, write_transaction
from wiki.markup import Rendered
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page, Revision, Text
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.text_store import decompress_text
from wiki.pages.writing.write import SaveResult, insert_page


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page that is cleaned and rendered in advance, so that the lock is held only briefly.

    Rendering takes longest and needs no database, so it can run in other processes.
    """

    path: str
    content: Content
    rendered: Rendered


def create_pages(
    pages: Sequence[PreparedPage],
    *,
    by: User | None,
    begin: Callable[[Session], None] | None = None,
    along: Callable[[Session, Page], None] | None = None,
) -> list[SaveResult | None]:
    """Write new pages in one transaction; the result is `None` for each path that was taken.

    `begin` is called first, under the lock, `along` with each page that was written. Raises
    `StorageUnavailable` and what the callbacks raise; no page is stored then.
    """
    results: list[SaveResult | None] = []
    derived = [derive(page.rendered) for page in pages]
    with write_transaction() as session:
        if begin is not None:
            begin(session)
        for page, beside in zip(pages, derived, strict=True):
            try:
                row = insert_page(session, page.path, page.content, beside, by=by, action="import")
            except PathTaken:
                results.append(None)
            else:
                if along is not None:
                    along(session, row)
                results.append(SaveResult(row.id, row.path, row.revision_count))
    return results


EXPORT_BATCH = 100  # pages read at once; the largest may hold 2 MB each


@dataclass(frozen=True, slots=True)
class StoredPage:
    """The current revision of a page, and the hash of its text."""

    page_id: int
    number: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """A page as it is exported, with its current revision; `updated_at` is in UTC."""

    id: int
    path: str
    content: Content
    updated_at: datetime


def create_first_pages(items: Sequence[PreparedPage]) -> int:
    """Write the pages if the wiki has never had any; returns how many were written.

    Safe to call from several processes at once: only one writes. Raises `StorageUnavailable`.
    """
    derived = [derive(item.rendered) for item in items]
    with write_transaction() as session:
        if is_postgresql(session):
            # No other process may see the empty table until this transaction ends.
            session.execute(text("LOCK TABLE page IN SHARE ROW EXCLUSIVE MODE"))
        if has_pages(session):
            return 0
        for item, beside in zip(items, derived, strict=True):
            insert_page(session, item.path, item.content, beside, by=None)
    return len(items)


def has_pages(session: Session) -> bool:
    """Whether the wiki has ever had a page, including deleted ones."""
    return session.scalar(select(Page.id).limit(1)) is not None


def stored_pages(keys: Sequence[str]) -> dict[str, StoredPage]:
    """The pages with these keys, regardless of permissions."""
    query = (
        select(Page.key, Page.id, Page.revision_count, Revision.text_hash)
        .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.revision_count))
        .where(Page.deleted_at.is_(None))
    )
    return {
        row.key: StoredPage(row.id, row.revision_count, row.text_hash)
        for some in in_batches(keys)
        for row in db.session.execute(query.where(Page.key.in_(some)))
    }


def list_paths(viewer: Viewer) -> dict[int, str]:
    """The paths of the pages that `iterate_pages` yields, in the same order, by id."""
    query = select(Page.id, Page.path).where(visible_to(viewer, Page)).order_by(Page.id)
    return {row.id: row.path for row in db.session.execute(query)}


def iterate_pages(viewer: Viewer) -> Iterator[ExportedPage]:
    """Every page that the viewer may see, in the order of creation."""
    last = 0
    while rows := db.session.execute(_after(viewer, last)).all():
        for row in rows:
            text_ = decompress_text(row.body, row.is_compressed)
            content = Content(row.title, text_, row.kind, tuple(row.tags), dict(row.fields))
            yield ExportedPage(row.id, row.path, content, row.updated_at)
        last = rows[-1].id


def _after(viewer: Viewer, page_id: int) -> "Select[*tuple[Any, ...]]":
    return (
        select(
            Page.id,
            Page.path,
            Page.updated_at,
            Revision.title,
            Revision.kind,
            Revision.tags,
            Revision.fields,
            Text.body,
            Text.is_compressed,
        )
        .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.revision_count))
        .join(Text, Text.hash == Revision.text_hash)
        .where(visible_to(viewer, Page), Page.id > page_id)
        .order_by(Page.id)
        .limit(EXPORT_BATCH)
    )
