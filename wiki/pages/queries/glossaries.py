"""Terms explained on every page, as the glossaries define them that its reader may see.

Which glossaries there are, and which revision of each, is told by the statement that fetches a
page. What they define is read anew only when that is another answer.
"""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import ScalarSelect, String, cast, func, select
from sqlalchemy.orm import aliased

from wiki.access import Viewer, visible_to
from wiki.app_state import AppState
from wiki.database import db
from wiki.markup.glossary import Glossary, terms_of
from wiki.pages.kinds import GLOSSARY
from wiki.pages.models import Page, Rendering

PAGES_LIMIT = 20  # glossaries of one wiki
KEPT = 8  # readings, one for each set of glossaries that some reader may see


class Glossaries:
    """What was read last, by the state of the glossaries. Safe for threads; one to a wiki."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Glossary] = OrderedDict()
        self._lock = Lock()

    def at(self, state: str | None) -> Glossary:
        """The terms of the glossaries in this state, which `state_for` tells."""
        if not state:
            return _EMPTY
        with self._lock:
            glossary = self._kept.get(state)
            if glossary is not None:
                self._kept.move_to_end(state)
                return glossary
        glossary = _read(state)
        with self._lock:
            self._kept[state] = glossary
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return glossary


GLOSSARIES = AppState("glossaries", Glossaries)
_EMPTY = Glossary()


def state_for(viewer: Viewer) -> ScalarSelect[str | None]:
    """The ids and revisions of the glossaries that `viewer` may see, as one string."""
    page = aliased(Page)
    each = cast(page.id, String) + ":" + cast(page.revision_count, String)
    return (
        select(func.aggregate_strings(each, " "))
        .where(page.kind == GLOSSARY, visible_to(viewer, page))
        .scalar_subquery()
    )


def state_now(viewer: Viewer) -> str | None:
    """The same, for what is no page yet."""
    state: str | None = db.session.scalar(select(state_for(viewer)))
    return state


def _read(state: str) -> Glossary:
    ids = sorted(int(each.partition(":")[0]) for each in state.split(" "))[:PAGES_LIMIT]
    rows = db.session.execute(
        select(Page.path, Page.title, Rendering.html)
        .join(Rendering, Rendering.page_id == Page.id)
        .where(Page.id.in_(ids), Page.deleted_at.is_(None))
        .order_by(Page.id)
    )
    return Glossary(term for path, title, html in rows for term in terms_of(html, path, title))
