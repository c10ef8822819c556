"""Deletes pages and restores them."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.access.rulebook import rulebook
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.pages.blueprint import pages
from wiki.pages.errors import PathTaken
from wiki.pages.forms import ConfirmForm
from wiki.pages.models import Page
from wiki.pages.protection.descriptions import readers_of
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.reading.page_lookup import requested_deleted_page
from wiki.pages.responses import act_or_ask_again
from wiki.pages.urls import page_url
from wiki.pages.writing import write
from wiki.pages.writing.write import SaveResult


@pages.route("/delete/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def delete_page(path: str) -> ResponseReturnValue:
    """Ask for a reason and delete the page."""
    page = editable_page(current_viewer(), path)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _ask(page, form)
    return act_or_ask_again(lambda: _delete(page, form), lambda: _ask(page, form), _flash_result)


def _ask(page: Page, form: ConfirmForm) -> str:
    form.show(page)
    return render_template("pages/erasure/delete.html", page=page, form=form)


def _delete(page: Page, form: ConfirmForm) -> SaveResult:
    summary = form.summary.data or ""
    return write.delete_page(
        page.id, base_revision=form.seen(page), by=signed_in_user(), summary=summary
    )


def _flash_result(_saved: SaveResult) -> None:
    flash(_("Deleted. Its history is kept, and the page can be brought back."), "ok")


@pages.route("/undelete/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def undelete_page(path: str) -> ResponseReturnValue:
    """Restore a deleted page."""
    page = requested_deleted_page(path)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _ask_to_undelete(page, form)
    return _undelete(page, form)


def _ask_to_undelete(page: Page, form: ConfirmForm) -> str:
    readers = readers_of(rulebook().rules[page.rule_id])
    return render_template("pages/erasure/undelete.html", page=page, form=form, readers=readers)


def _undelete(page: Page, form: ConfirmForm) -> ResponseReturnValue:
    try:
        saved = write.undelete_page(page.id, by=signed_in_user(), summary=form.summary.data or "")
    except PathTaken as error:
        message = _(
            "There is another page at %(path)s now. Rename that one first.", path=error.path
        )
        flash(message, "warn")
        return _ask_to_undelete(page, form), 409
    flash(_("Brought back with its whole history."), "ok")
    return redirect(page_url(saved.path), 303)
