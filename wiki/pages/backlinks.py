"""What links to a page."""

from sqlalchemy import select

from wiki.access import Viewer, visible_to
from wiki.extensions import db
from wiki.pages.models import Link, Page, Redirect
from wiki.pages.read import resolve


def backlinks(viewer: Viewer, page: Page) -> list[tuple[str, str, str]]:
    """`(title, path, kind)` of the pages that link to `page`, by path, title or old path."""
    old = db.session.scalars(select(Redirect.key).where(Redirect.page_id == page.id))
    # Another page may go before this one: a name counts where a link by it leads here.
    found = resolve(viewer, [page.key, page.title_key, *old])
    keys = [key for key, path in found.items() if path == page.path]
    rows = db.session.execute(
        select(Page.title, Page.path, Page.kind)
        .join(Link, Link.from_page_id == Page.id)
        .where(Link.to_key.in_(keys), visible_to(viewer, Page))
        .distinct()
        .order_by(Page.title)
    )
    return [(row.title, row.path, row.kind) for row in rows]
