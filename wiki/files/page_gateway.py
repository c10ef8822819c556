"""How files reach the pages they belong to and are used in.

Pages are above files, so files know them by this protocol; `pages` puts the implementation into
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
    """A page as files know it: enough to link it, and to ask for the rule in force (`rule_id`)."""

    id: int
    title: str
    path: str
    rule_id: int


class PageGateway(Protocol):
    """What files ask of pages, on which they must not depend; `wiki.pages.attachments` answers."""

    def page_at(self, viewer: Viewer, path: str) -> PageRef:
        """The page at `path`. Raises an error that the application shows as a missing page."""

    def visible_pages(
        self, viewer: Viewer, page_ids: Iterable[int | None]
    ) -> Mapping[int | None, PageRef]:
        """Those of the pages that the viewer may see, by id."""

    def pages_using(self, viewer: Viewer, file_id: int) -> Sequence[PageRef]:
        """The pages whose text links or shows the file, by title."""

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: its page exists for the viewer."""

    def is_used(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: a page that exists for the viewer shows or links it, and all
        who edit that page could see it anyway."""

    def hands_on_library(self, page_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """A condition: all who edit the page could see every file of the library anyway."""

    def announce(self, session: Session, file: File) -> None:
        """Announce the change of a file, in the caller's transaction: search reindexes its page, or
        those that use it, and whoever keeps histories looks at them again."""

    def purge(self) -> None:
        """Remove what database files and search index keep of deleted rows; after the commit."""


PAGE_GATEWAY = AppState[PageGateway]("page_gateway")


def page_gateway() -> PageGateway:
    """The gateway that pages have registered with the current application."""
    return PAGE_GATEWAY.current()


def visible_file(viewer: Viewer) -> ColumnElement[bool]:
    """The files that exist for `viewer`, as a condition on `File`.

    Whoever sees a page sees its files and those that it uses of the library, which otherwise
    follows the rule of the whole wiki. Deleted files exist for nobody.
    """
    if not viewer.may_read:
        return false()
    gateway = page_gateway()
    in_library = and_(
        File.page_id.is_(None), or_(reads_whole_wiki(viewer), gateway.is_used(viewer))
    )
    return and_(File.deleted_at.is_(None), or_(in_library, gateway.is_visible(viewer)))


def may_edit_files_of(viewer: Viewer, page_id: int | None) -> bool:
    """Whether `viewer` may change files of a page, or those of the library."""
    if page_id is None:
        return can_write_at(viewer, "")
    home = page_gateway().visible_pages(viewer, [page_id]).get(page_id)
    return home is not None and can_edit(viewer, home)


def check_may_edit_files_of(viewer: Viewer, page_id: int | None) -> None:
    """Make sure that the viewer may edit the files of a page, or with `None` those of the library.

    Raises `Forbidden`.
    """
    if not may_edit_files_of(viewer, page_id):
        raise Forbidden
