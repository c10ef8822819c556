"""The check boxes of task lists on a page."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.pages.blueprint import pages
from wiki.pages.editing.task_toggle import TaskNotFound, toggle_task
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.urls import page_url
from wiki.pages.writing.conflicts import EditConflict
from wiki.web.csrf import allow_same_origin
from wiki.web.request_values import parse_number


@pages.post("/tick/<wikipath:path>")
@allow_same_origin  # cached pages are shared by readers, so they contain no token
@editors_only
def tick_task(path: str) -> ResponseReturnValue:
    """Tick or untick a task of the page."""
    page = editable_page(current_viewer(), path)
    try:
        task, base = _number("task"), _number("base_revision")
        saved = toggle_task(page.id, task, base_revision=base, by=signed_in_user())
    except (TaskNotFound, RevisionNotFound, RevisionErased, EditConflict):
        flash(_("The task has changed in the meantime. This is the current page."), "warn")
        return redirect(page_url(page.path), 303)
    return redirect(f"{page_url(saved.path)}#nx-task-{task}", 303)


def _number(name: str) -> int:
    number = parse_number(request.form.get(name))
    if number is None:
        raise TaskNotFound(name)
    return number
