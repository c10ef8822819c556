"""How files reach the pages they belong to and are used in.

Pages are above files, so files know them by this protocol; `pages` puts the implementation into
`PAGE_GATEWAY`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to
from wiki.app_state import AppState
from wiki.files.models import File


class PageRef(NamedTuple):
    """A page as files know it."""

    id: int
    title: str
    path: str


class PageGateway(Protocol):
    def page_at(self, viewer: Viewer, path: str) -> PageRef:
        """The page at `path`. Raises an error that the application shows as a missing page."""

    def visible_pages(self, viewer: Viewer, page_ids: Sequence[int]) -> Mapping[int, PageRef]:
        """Those of the pages that the viewer may see, by id."""

    def pages_using(self, viewer: Viewer, file_id: int) -> Sequence[PageRef]:
        """The pages whose text links or shows the file, by title."""

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `File`: its page exists for the viewer."""

    def announce(self, session: Session, file: File) -> None:
        """Have search reindex the file's page or those that use it, in the caller's transaction."""

    def purge(self) -> None:
        """Remove what database files and search index keep of deleted rows; after the commit."""


PAGE_GATEWAY = AppState[PageGateway]("page_gateway")


def page_gateway() -> PageGateway:
    return PAGE_GATEWAY.current()


def visible_file(viewer: Viewer) -> ColumnElement[bool]:
    """The files that exist for `viewer`, as a condition on `File`.

    Whoever sees a page sees its files, and whoever may read sees the library. Deleted files exist
    for nobody.
    """
    return and_(
        visible_to(viewer, File), or_(File.page_id.is_(None), page_gateway().is_visible(viewer))
    )
