"""Pages with a current text that the two sanitizers parse differently."""

from collections.abc import Sequence

from sqlalchemy import func, select

from wiki.database import db
from wiki.pages.models import Page, Rendering


def count_disputed() -> int:
    """The number of such pages that are not deleted."""
    query = select(func.count()).select_from(Rendering).join(Page, Page.id == Rendering.page_id)
    return db.session.scalar(query.where(Rendering.is_disputed, Page.deleted_at.is_(None))) or 0


def disputed_pages(limit: int) -> Sequence[Page]:
    """The first `limit` such pages by path."""
    query = select(Page).join(Rendering, Rendering.page_id == Page.id).order_by(Page.path)
    return db.session.scalars(
        query.where(Rendering.is_disputed, Page.deleted_at.is_(None)).limit(limit)
    ).all()
