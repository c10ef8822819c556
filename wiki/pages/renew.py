"""Stored renderings that an older renderer made are renewed when they are read."""

from dataclasses import replace

from wiki.extensions import StorageUnavailable, db, writing
from wiki.markup import RENDERER_VERSION, render
from wiki.pages.errors import PageNotFound
from wiki.pages.read import PageView
from wiki.pages.store import content_of, lock_page, store_rendering


def renewed(page: PageView) -> PageView:
    """`page` with a rendering of the current renderer.

    A reader never waits for the store: when it can't be written now, the next reader tries.
    """
    if page.renderer == RENDERER_VERSION:
        return page
    content = content_of(db.session(), page.id, page.revision_number)
    rendered = render(content.text, path=page.path)
    try:
        with writing() as session:
            row = lock_page(session, page.id)
            if row.revision_count == page.revision_number:
                store_rendering(session, row, rendered)
    except (StorageUnavailable, PageNotFound):
        pass
    outline = [[heading.level, heading.id, heading.text] for heading in rendered.outline]
    return replace(page, html=rendered.html, outline=outline, renderer=RENDERER_VERSION)
