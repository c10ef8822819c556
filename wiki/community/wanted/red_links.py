"""Red links: links to pages that don't exist, by demand."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to
from wiki.community.wanted.models import WantedDismissal
from wiki.database import db
from wiki.files.inspection.media_types import MEDIA_TYPES
from wiki.markup.slots import FRONT_KEYS
from wiki.pages.models import Link, Page, Redirect

# Links with these endings are to missing files. Not endings of texts, as in the name Node.js.
_FILE_ENDINGS = [
    f".{ending}"
    for each in MEDIA_TYPES.values()
    if each.family != "text"
    for ending in each.extensions
]


@dataclass(frozen=True, slots=True)
class RedLink:
    """A missing page: its name in links, and how many pages that the viewer may read link to it."""

    key: str
    target: str
    pages: int


@dataclass(frozen=True, slots=True)
class RedLinks:
    """A part of the list of red links, and the length of the whole list."""

    total: int
    found: list[RedLink]


def red_links(viewer: Viewer, *, dismissed: bool = False, offset: int = 0, limit: int) -> RedLinks:
    """Missing pages, those with most links first; with `dismissed`, those that mentors dismissed.

    Pages that are hidden from the viewer count as missing, as they do in the text of a page.
    """
    pages = func.count()
    is_dismissed = exists().where(WantedDismissal.key == Link.to_key)
    rows = db.session.execute(
        select(Link.to_key, func.min(Link.target), pages, pages.over())
        .join(Page, Page.id == Link.from_page_id)
        .where(
            visible_to(viewer, Page),
            *_leads_nowhere(viewer),
            is_dismissed if dismissed else ~is_dismissed,
        )
        .group_by(Link.to_key)
        .order_by(pages.desc(), Link.to_key)
        .offset(offset)
        .limit(limit)
    ).all()
    total = rows[0][3] if rows else 0
    return RedLinks(total, [RedLink(key, target, count) for key, target, count, _ in rows])


def is_red_link(viewer: Viewer, key: str) -> bool:
    """Whether `red_links` contains the key, dismissed or not."""
    linked = select(Link.to_key).join(Page, Page.id == Link.from_page_id)
    wanted = linked.where(Link.to_key == key, visible_to(viewer, Page), *_leads_nowhere(viewer))
    return bool(db.session.scalar(select(wanted.exists())))


def _leads_nowhere(viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    """Conditions: a link matches no path, title or redirect that the viewer may see."""
    target = aliased(Page)
    yield ~exists().where(target.key == Link.to_key, visible_to(viewer, target))
    titled = aliased(Page)
    yield ~exists().where(titled.title_key == Link.to_key, visible_to(viewer, titled))
    moved = aliased(Page)
    yield ~exists().where(
        Redirect.key == Link.to_key, moved.id == Redirect.page_id, visible_to(viewer, moved)
    )
    yield Link.to_key.not_in(FRONT_KEYS)
    yield and_(*(~Link.to_key.endswith(ending) for ending in _FILE_ENDINGS))
