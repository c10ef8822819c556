"""How files get information about the pages that have and use them.

Pages are above files, so files only know this protocol; `pages` puts its implementation into
`PAGE_GATEWAY`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_edit, can_write_at, reads_whole_wiki
from wiki.app_state import AppState
from wiki.files.models import File


class PageRef(NamedTuple):
    """A page as files need it: for links, and for its access rule (`rule_id`)."""

    id: int
    title: str
    path: str
    rule_id: int


class PageGateway(Protocol):
    """What files need from pages without importing them; see `wiki.pages.attachments`."""

    def page_at(self, viewer: Viewer, path: str) -> PageRef:
        """The page at `path`. Raises an error that is shown as a missing page."""

    def visible_pages(
        self, viewer: Viewer, page_ids: Iterable[int | None]
    ) -> Mapping[int | None, PageRef]:
        """The pages that the viewer may see, by id."""

    def pages_using(self, viewer: Viewer, file_id: int) -> Sequence[PageRef]:
        """The pages whose text links or shows the file, by title."""

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: the viewer may see its page."""

    def is_used(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: a page that the viewer may see shows or links it, and all editors
        of that page may see it anyway.
        """

    def exposes_library(self, page_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """A condition: all editors of the page may see every file of the library anyway."""

    def announce(self, session: Session, file: File) -> None:
        """Announce the change of a file, in the caller’s transaction.

        Its page, or those that use it, are reindexed, and copies of histories are updated.
        """

    def purge(self) -> None:
        """Remove what database files and search index keep of deleted rows.

        Must be called after the commit.
        """


PAGE_GATEWAY = AppState[PageGateway]("page_gateway")


def page_gateway() -> PageGateway:
    """The gateway of the current application."""
    return PAGE_GATEWAY.current()


def visible_file(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `File`: `viewer` may see it.

    Whoever may see a page may see its files, and the files of the library that it uses; other files
    of the library follow the rule of the whole wiki. Nobody may see deleted files.
    """
    if not viewer.may_read:
        return false()
    gateway = page_gateway()
    in_library = and_(
        File.page_id.is_(None), or_(reads_whole_wiki(viewer), gateway.is_used(viewer))
    )
    return and_(File.deleted_at.is_(None), or_(in_library, gateway.is_visible(viewer)))


def may_edit_files_of(viewer: Viewer, page_id: int | None) -> bool:
    """Whether `viewer` may change the files of a page, or of the library if `page_id` is `None`."""
    if page_id is None:
        return can_write_at(viewer, "")
    home = page_gateway().visible_pages(viewer, [page_id]).get(page_id)
    return home is not None and can_edit(viewer, home)


def check_may_edit_files_of(viewer: Viewer, page_id: int | None) -> None:
    """Check that the viewer may change the files of a page, or with `None` of the library.

    Raises `Forbidden`.
    """
    if not may_edit_files_of(viewer, page_id):
        raise Forbidden
