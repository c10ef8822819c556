"""Undoes one edit of a page."""

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.pages.blueprint import pages
from wiki.pages.diffing.diff import diff_texts
from wiki.pages.editing.conflict_page import show_conflict
from wiki.pages.editing.forms import EditForm
from wiki.pages.history.metadata_diff import metadata_changes
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.queries.revisions import RevisionView, load_revisions
from wiki.pages.reading.page_lookup import requested_number
from wiki.pages.responses import redirect_to_saved
from wiki.pages.undoing.forms import RestoreForm
from wiki.pages.undoing.undo import UndoRefused, plan_undo, undo_revision
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.drafts import new_draft_key


@pages.route("/undo/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def undo_edit(path: str) -> ResponseReturnValue:
    """Show the effect of undoing an edit, and undo it."""
    page = editable_page(current_viewer(), path)
    form = RestoreForm()
    number = form.revision.data or requested_number("revision")
    try:
        if form.validate_on_submit():
            return _undo(page, form, number)
        return _ask(page, form, number)
    except UndoRefused as error:
        return render_template(
            "pages/undoing/nothing_to_undo.html", page=page, reason=error.reason
        ), 409


def _ask(page: Page, form: RestoreForm, number: int) -> str:
    form.show(page)
    form.revision.data = number
    undoing = plan_undo(page.id, number, page.revision_count)
    undone, now = load_revisions(page.id, [number, page.revision_count])
    then = undoing.conflict.merged
    after = replace(now, title=then.title, kind=then.kind, tags=then.tags, fields={**then.fields})
    return render_template(
        "pages/undoing/undo.html",
        page=page,
        form=form,
        revision=undone,
        is_clean=undoing.is_clean,
        details=metadata_changes(now, after),
        diff=diff_texts(undoing.now.text, then.text),
    )


def _undo(page: Page, form: RestoreForm, number: int) -> ResponseReturnValue:
    (undone,) = load_revisions(page.id, [number])
    summary = form.summary.data or _summary(undone)
    try:
        saved = undo_revision(page.id, number, by=signed_in_user(), summary=summary)
    except EditConflict as conflict:
        edit = EditForm()
        edit.summary.data, edit.draft_key.data = summary, new_draft_key()
        return show_conflict(edit, page, conflict, began_with=number, undone=number)
    message = _(
        "Revision %(old)s has been undone in revision %(new)s.", old=number, new=saved.number
    )
    return redirect_to_saved(saved, message)


def _summary(undone: RevisionView) -> str:
    summary: str = _(
        "Undid revision %(number)s by %(name)s", number=undone.number, name=undone.author or "Nexus"
    )
    return summary
