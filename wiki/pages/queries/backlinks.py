"""The pages that link to a page."""

from sqlalchemy import select

from wiki.access.permissions import Viewer
from wiki.database import db
from wiki.pages.models import Link, Page, Redirect
from wiki.pages.queries.page_lists import ListedPage, pages_where
from wiki.pages.queries.page_queries import resolve_targets


def backlinks(
    viewer: Viewer, page: Page, *, offset: int = 0, limit: int | None = None
) -> list[ListedPage]:
    """The pages that link to `page` by its path, title or a former path, ordered by title."""
    old = db.session.scalars(select(Redirect.key).where(Redirect.page_id == page.id))
    # Another page may take precedence: a name counts only if a link by it leads here.
    found = resolve_targets(viewer, [page.key, page.title_key, *old])
    keys = [key for key, path in found.items() if path == page.path]
    linking = select(Link.from_page_id).where(Link.to_key.in_(keys))
    return pages_where(viewer, Page.id.in_(linking), offset=offset, limit=limit)
