"""Implements `wiki.files.page_gateway.PageGateway`: the pages that have and use files."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, exists, select
from sqlalchemy.orm import Session, aliased

from wiki.access.permissions import Viewer, all_editors_read_root, visible_to
from wiki.database import db
from wiki.files.models import PROPOSED, File, FileMention, FileUse, FileVersion
from wiki.files.page_gateway import PageRef
from wiki.pages.erasure.purge import purge
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page
from wiki.search.outbox import announce, announce_past


class PagesOfFiles:
    """What files need to know about pages; `PageGateway` documents the methods."""

    def page_at(self, viewer: Viewer, path: str) -> PageRef:
        """The page with this current or former path. Raises `PageNotFound`."""
        page = visible_page(viewer, path)
        return PageRef(page.id, page.title, page.path, page.rule_id)

    def visible_pages(
        self, viewer: Viewer, page_ids: Iterable[int | None]
    ) -> Mapping[int | None, PageRef]:
        """The pages that the viewer may see, by id, in at most one statement."""
        ids = {page_id for page_id in page_ids if page_id is not None}
        if not ids:
            return {}
        rows = db.session.execute(_visible(viewer).where(Page.id.in_(ids)))
        return {row.id: PageRef(*row) for row in rows}

    def pages_using(self, viewer: Viewer, file_id: int) -> Sequence[PageRef]:
        """The pages that link or show the file, by its URL or by a current or former name."""
        by_id = select(FileUse.page_id).where(FileUse.file_id == file_id)
        by_name = (
            select(FileMention.page_id)
            .join(FileVersion, FileVersion.name_key == FileMention.name_key)
            .join(File, File.id == FileVersion.file_id)
            .where(File.id == file_id, FileVersion.action != PROPOSED)
            .where(File.page_id.is_(None) | (File.page_id == FileMention.page_id))
            .where((File.name_key == FileMention.name_key) | ~_is_anothers_name())
        )
        query = _visible(viewer).where(Page.id.in_(by_id) | Page.id.in_(by_name))
        return [PageRef(*row) for row in db.session.execute(query.order_by(Page.title_key))]

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: it belongs to a page that the viewer may see."""
        return File.page_id.in_(select(Page.id).where(visible_to(viewer, Page)))

    def is_used(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: it is used by a page that the viewer may see.

        All editors of that page must be allowed to read under the rule of the whole wiki.
        """
        return exists().where(
            FileUse.file_id == File.id,
            FileUse.page_id == Page.id,
            visible_to(viewer, Page),
            all_editors_read_root(Page),
        )

    def exposes_library(self, page_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """A condition: who edits the page with this id reads what the root's rule covers."""
        return exists().where(Page.id == page_id, all_editors_read_root(Page))

    def announce(self, session: Session, file: File) -> None:
        """Have the page of the file reindexed, in the caller’s transaction.

        For a file of the library, the pages that use it are reindexed.
        """
        using = select(FileUse.page_id).where(FileUse.file_id == file.id)
        announce_past(session)
        is_concerned = Page.id.in_(using) if file.page_id is None else Page.id == file.page_id
        pages = select(Page.id).where(is_concerned, Page.deleted_at.is_(None))
        for page_id in session.scalars(pages).all():
            announce(session, page_id, None, "revision")

    def purge(self) -> None:
        """Remove what database files and search index keep of deleted rows.

        Must be called outside a transaction.
        """
        purge()


def _is_anothers_name() -> ColumnElement[bool]:
    """Whether another file now has the mentioned name, where the mention would find it."""
    other = aliased(File)
    return exists().where(
        other.name_key == FileMention.name_key,
        other.deleted_at.is_(None),
        other.page_id.is_(None) | (other.page_id == FileMention.page_id),
    )


def _visible(viewer: Viewer) -> "Select[int, str, str, int]":
    return select(Page.id, Page.title, Page.path, Page.rule_id).where(visible_to(viewer, Page))
