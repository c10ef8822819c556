"""Ticking a task on the page that shows it, which saves an edit."""

from dataclasses import replace

from flask_babel import gettext as _

from wiki.accounts.models import User
from wiki.database import db
from wiki.markup import render
from wiki.markup.blocks.tasks import with_task_toggled
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, SaveResult, save_edit


class TaskNotFound(LookupError):
    """The revision has no such task."""


def toggle_task(page_id: int, task: int, *, base_revision: int, by: User) -> SaveResult:
    """Tick or untick a task; `task` is its number in `base_revision`, from 0.

    Merged like any other edit. Raises `TaskNotFound`, `RevisionNotFound`, `EditConflict` if
    somebody changed that line, and what `save_edit` raises.
    """
    content = load_content(db.session(), page_id, base_revision)
    lines = render(content.text).tasks
    text = with_task_toggled(content.text, lines[task]) if 0 <= task < len(lines) else None
    if text is None:
        raise TaskNotFound(task)
    edit = Edit(
        replace(content, text=text), base_revision, summary=_("Ticked a task"), is_minor=True
    )
    return save_edit(page_id, edit, by=by)
