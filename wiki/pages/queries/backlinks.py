"""The pages that link to a page."""

from dataclasses import dataclass

from sqlalchemy import select

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db
from wiki.i18n import Words
from wiki.pages.kinds import DEFAULT_KIND, kind_of
from wiki.pages.models import Link, Page, Redirect
from wiki.pages.queries.page_queries import resolve_targets


@dataclass(frozen=True, slots=True)
class Backlink:
    """A page that links to the one in question."""

    title: str
    path: str
    kind: str
    status: str | None
    summary: str

    @property
    def kind_label(self) -> Words | None:
        """`None` for a page of no particular kind."""
        return None if self.kind == DEFAULT_KIND else kind_of(self.kind).label


def backlinks(viewer: Viewer, page: Page) -> list[Backlink]:
    """The pages that link to `page` by path, title or former path, ordered by title."""
    old = db.session.scalars(select(Redirect.key).where(Redirect.page_id == page.id))
    # Another page may take precedence: a name counts only if a link by it leads here.
    found = resolve_targets(viewer, [page.key, page.title_key, *old])
    keys = [key for key, path in found.items() if path == page.path]
    rows = db.session.execute(
        select(Page.title, Page.path, Page.kind, Page.status, Page.summary)
        .join(Link, Link.from_page_id == Page.id)
        .where(Link.to_key.in_(keys), visible_to(viewer, Page))
        .distinct()
        .order_by(Page.title)
    )
    return [Backlink(**row._asdict()) for row in rows]
