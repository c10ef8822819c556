"""Restores an old revision."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.pages.blueprint import pages
from wiki.pages.diffing.diff import diff_texts
from wiki.pages.errors import RevisionErased
from wiki.pages.history.metadata_diff import metadata_changes
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.queries.revisions import load_revisions
from wiki.pages.reading.page_lookup import requested_number
from wiki.pages.responses import act_or_ask_again, flash_saved
from wiki.pages.undoing.forms import RestoreForm
from wiki.pages.writing import write
from wiki.pages.writing.write import SaveResult


@pages.route("/restore/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def restore_revision(path: str) -> ResponseReturnValue:
    """Ask for confirmation and restore a revision."""
    page = editable_page(current_viewer(), path)
    form = RestoreForm()
    number = form.revision.data or requested_number("revision")
    if not form.validate_on_submit():
        return _ask(page, form, number)
    return act_or_ask_again(
        lambda: _restore(page, form, number),
        lambda: _ask(page, form, number),
        lambda saved: _flash_result(saved, number),
    )


def _ask(page: Page, form: RestoreForm, number: int) -> str:
    form.show(page)
    form.revision.data = number
    old, current = load_revisions(page.id, [number, page.revision_count])
    if old.erased_why is not None:
        raise RevisionErased
    return render_template(
        "pages/undoing/restore.html",
        page=page,
        form=form,
        revision=old,
        details=metadata_changes(current, old),
        diff=diff_texts(current.text, old.text),
    )


def _restore(page: Page, form: RestoreForm, number: int) -> SaveResult:
    summary = form.summary.data or _("Restored revision %(number)s", number=number)
    base = form.seen(page)
    return write.restore_revision(
        page.id, number, base_revision=base, by=signed_in_user(), summary=summary
    )


def _flash_result(saved: SaveResult, number: int) -> None:
    message = _(
        "Revision %(old)s has been restored as revision %(new)s.", old=number, new=saved.number
    )
    flash_saved(saved, message)
