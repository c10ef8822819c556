"""Shows the conflict of a submitted change in the ordinary conflict form."""

from dataclasses import replace

from wiki.access.permissions import current_viewer
from wiki.database import db
from wiki.naming import NameRefused
from wiki.pages.editor import EditForm, show_conflict
from wiki.pages.errors import PageNotFound, TextTooLong
from wiki.pages.models import Draft, Page
from wiki.pages.queries.page_queries import editable_page_by_id
from wiki.pages.writing.conflicts import Conflict, EditConflict, conflict_with
from wiki.pages.writing.content import clean_content
from wiki.pages.writing.revision_store import load_content_or_empty


def page_of(draft: Draft) -> Page:
    """The page of a draft. Raises `PageNotFound`, `Forbidden`."""
    if draft.page_id is None:
        raise PageNotFound
    return editable_page_by_id(current_viewer(), draft.page_id)


def conflict_of(draft: Draft, page: Page) -> Conflict | None:
    """The draft merged with the current page; `None` if there is no conflict to resolve.

    It is also `None` if the editor first has to show what is wrong.
    """
    base = load_content_or_empty(db.session(), page.id, draft.base_revision)
    tags = tuple(draft.tags.split(","))
    changed = replace(base, title=draft.title, text=draft.text, tags=tags)
    try:
        mine = clean_content(changed)
    except (NameRefused, TextTooLong):
        return None
    found = conflict_with(page.id, page.revision_count, mine, draft.base_revision)
    return None if found.merge.is_clean else found


def show(draft: Draft, page: Page, conflict: Conflict) -> str:
    """The conflict form, which saves the page as if the conflict had come up while saving it."""
    form = EditForm(formdata=None)
    form.show_draft(draft)
    began_with = draft.base_revision
    page_html = show_conflict(form, page, EditConflict(conflict), began_with=began_with)
    return str(page_html[0] if isinstance(page_html, tuple) else page_html)
