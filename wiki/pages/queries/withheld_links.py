"""Which links of a page are withheld, read by the statement that loads the page."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from wiki.database import db
from wiki.pages.models import Page, WithheldLink
from wiki.pages.queries.page_extras import register_column
from wiki.pages.queries.page_queries import PageView
from wiki.pages.writing.withheld_links import HOLD_LINKS

_COLUMN = "held_links"
_SEPARATOR = ","


def withheld_hashes() -> ColumnElement[str]:
    """A column for statements on pages with the withheld hashes, for `read_withheld`."""
    hashes = select(func.aggregate_strings(WithheldLink.hash, _SEPARATOR))
    return hashes.where(WithheldLink.page_id == Page.id).correlate(Page).scalar_subquery()


register_column(_COLUMN, withheld_hashes)


def withheld_links_in(page: PageView) -> Collection[str]:
    """The hashes of the addresses withheld on `page`; empty while the feature is off."""
    return read_withheld(page.extras.get(_COLUMN))


def read_withheld(held: str | None) -> Collection[str]:
    """The hashes in the column of `withheld_hashes`; empty while the feature is off."""
    return held.split(_SEPARATOR) if held and HOLD_LINKS.current() else ()


def withheld_links_of(page_id: int | None) -> Collection[str]:
    """The hashes withheld on a page that isn’t loaded; empty while the feature is off."""
    if page_id is None or not HOLD_LINKS.current():
        return ()
    return db.session.scalars(
        select(WithheldLink.hash).where(WithheldLink.page_id == page_id)
    ).all()
