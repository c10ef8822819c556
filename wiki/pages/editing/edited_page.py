"""Finds the page that a form or draft belongs to."""

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
    """The page for which the form was opened, even if it has moved since.

    Raises `PageNotFound`, `Forbidden`.
    """
    if form.page_id.data:
        return editable_page_by_id(current_viewer(), form.page_id.data)
    return editable_page(current_viewer(), path)


def page_of_writer(form: EditForm, path: str) -> Page:
    """Like `page_of_form`, for people who may only propose a change. Raises `PageNotFound`."""
    if form.page_id.data:
        return visible_page_by_id(current_viewer(), form.page_id.data)
    return visible_page(current_viewer(), path)


def page_of_draft(draft: Draft) -> Page | None:
    """The page of a draft; `None` for a new page, or if the viewer may no longer see the page."""
    if draft.page_id is None:
        return None
    try:
        return visible_page_by_id(current_viewer(), draft.page_id)
    except PageNotFound:
        return None
