"""Which page a form or a draft is of."""

from wiki.access.permissions import current_viewer
from wiki.pages.editing.forms import EditForm
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Draft, Page
from wiki.pages.queries.page_queries import (
    editable_page,
    editable_page_by_id,
    visible_page,
    visible_page_by_id,
)


def page_of_form(form: EditForm, path: str) -> Page:
    """The page the form was opened for: it may have moved, and another be at `path`.

    Raises `PageNotFound`, `Forbidden`.
    """
    if form.page_id.data:
        return editable_page_by_id(current_viewer(), form.page_id.data)
    return editable_page(current_viewer(), path)


def page_of_writer(form: EditForm, path: str) -> Page:
    """The same for whoever writes a draft, perhaps of a proposal. Raises `PageNotFound`."""
    if form.page_id.data:
        return visible_page_by_id(current_viewer(), form.page_id.data)
    return visible_page(current_viewer(), path)


def page_of_draft(draft: Draft) -> Page | None:
    """The page a draft is of; `None` for a new page, and when the viewer can't see it any more."""
    if draft.page_id is None:
        return None
    try:
        return visible_page_by_id(current_viewer(), draft.page_id)
    except PageNotFound:
        return None
