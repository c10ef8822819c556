"""Terms that are explained on every page, from the glossaries that the reader may see.

The statement that fetches a page also returns the glossaries and their revisions. Their definitions
are read again only if that result differs.
"""

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import ScalarSelect, String, cast, func, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to_bound
from wiki.app_state import AppState
from wiki.database import db
from wiki.kinds.builtin import GLOSSARY
from wiki.markup.glossary import Glossary, terms_of
from wiki.markup.slots import without_slots
from wiki.pages.models import Page, Rendering

MAX_GLOSSARY_PAGES = 20  # glossaries of one wiki
CACHED_GLOSSARIES = 8  # sets of glossaries; readers with different permissions have different ones


def glossary_state() -> ScalarSelect[str | None]:
    """The ids and revisions of the glossaries that a viewer may see, as one string.

    The statement needs the viewer’s `bindings`.
    """
    page = aliased(Page)
    each = cast(page.id, String) + ":" + cast(page.revision_count, String)
    return (
        select(func.aggregate_strings(each, " "))
        .where(page.kind == GLOSSARY, visible_to_bound(page))
        .scalar_subquery()
    )


_STATE = select(glossary_state())


def current_glossary_state(viewer: Viewer) -> str | None:
    """Like `glossary_state`, evaluated now, for a text that isn’t a stored page."""
    state: str | None = db.session.scalar(_STATE, viewer.bindings)
    return state


def glossary_in(state: str | None) -> Glossary:
    """The terms of the glossaries in this state; recently used sets are cached."""
    return _LOADERS.current()(state) if state else _EMPTY


def _load_glossary(state: str) -> Glossary:
    ids = sorted(int(each.partition(":")[0]) for each in state.split(" "))[:MAX_GLOSSARY_PAGES]
    rows = db.session.execute(
        select(Page.path, Page.title, Rendering.html)
        .join(Rendering, Rendering.page_id == Page.id)
        .where(Page.id.in_(ids), Page.deleted_at.is_(None))
        .order_by(Page.id)
    )
    return Glossary(
        term
        for path, title, slotted in rows
        for term in terms_of(without_slots(slotted), path, title)
    )


_EMPTY = Glossary()
_LOADERS = AppState[Callable[[str], Glossary]](
    "glossary_loader", lambda: lru_cache(maxsize=CACHED_GLOSSARIES)(_load_glossary)
)
