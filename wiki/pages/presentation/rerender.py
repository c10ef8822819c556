"""Renders a page again when it is read: if the renderer changed, or there was no time before."""

from dataclasses import replace
from time import monotonic

from wiki.app_state import AppState
from wiki.database import StorageUnavailable, db, write_transaction
from wiki.markup import RENDERER_VERSION, render
from wiki.markup.slots import with_slots
from wiki.pages.errors import PageNotFound
from wiki.pages.queries.page_queries import PageView
from wiki.pages.writing.derived_data import UNFINISHED, derive
from wiki.pages.writing.revision_store import load_content, lock_page, store_rendering
from wiki.search.outbox import announce

RERENDER_RETRY_SECONDS = 5.0  # until a process retries a rendering that it had no time for
_RENDERERS_WITHOUT_MARKS = frozenset(map(str, range(1, 11)))  # their slots are in the HTML
_FAILED_ATTEMPTS = AppState[dict[int, float]]("failed_renderings", dict)


def with_current_rendering(page: PageView) -> PageView:
    """`page` rendered by the current renderer; unchanged if there is no time for that.

    Readers never wait for it to be stored: if the database can’t be written now, the next request
    tries again.
    """
    if page.renderer == RENDERER_VERSION:
        return page
    if page.renderer in _RENDERERS_WITHOUT_MARKS:
        page = replace(page, slotted=with_slots(page.slotted))
    failed = _FAILED_ATTEMPTS.current()
    if monotonic() - failed.get(page.id, -RERENDER_RETRY_SECONDS) < RERENDER_RETRY_SECONDS:
        return page
    content = load_content(db.session(), page.id, page.revision_number)
    rendered = render(content.text, path=page.path, for_reader=True)
    if rendered.is_overloaded:
        failed[page.id] = monotonic()
        return replace(page, slotted=page.slotted or rendered.slotted)
    failed.pop(page.id, None)
    derived = derive(rendered)
    try:
        with write_transaction(lock_timeout=0) as session:
            row = lock_page(session, page.id)
            if row.revision_count == page.revision_number:
                store_rendering(session, row, derived)
                if page.renderer == UNFINISHED:
                    announce(session, page.id, None, "revision")  # search knows its source alone
    except (StorageUnavailable, PageNotFound):
        pass
    outline = [[heading.level, heading.id, heading.text] for heading in rendered.outline]
    return replace(page, slotted=rendered.slotted, outline=outline, renderer=RENDERER_VERSION)
