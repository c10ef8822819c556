"""The view that renames pages."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.naming import NameRefused
from wiki.pages.blueprint import pages
from wiki.pages.errors import PathForbidden, PathTaken
from wiki.pages.models import Page
from wiki.pages.moving import rename
from wiki.pages.moving.access_effect import effect_of_move
from wiki.pages.moving.forms import RenameForm
from wiki.pages.moving.mover import MAX_RENAMED_PAGES, MoveRefused, TooComplex, TooManyPages
from wiki.pages.moving.rename import RenameRequest
from wiki.pages.protection.descriptions import editors_of, readers_of
from wiki.pages.protection.rule_changes import RuleEffect
from wiki.pages.queries.backlinks import backlinks
from wiki.pages.queries.page_queries import editable_page, pages_below
from wiki.pages.responses import act_or_ask_again, flash_saved
from wiki.pages.writing.write import SaveResult


@pages.route("/rename/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def rename_page(path: str) -> ResponseReturnValue:
    """Show the form, ask for confirmation if readers change, and rename the page."""
    page = editable_page(current_viewer(), path)
    form = RenameForm()
    if not form.validate_on_submit():
        form.title.data = form.title.data or page.title
        form.path.data = form.path.data or page.path
        return _ask(page, form)
    try:
        return _rename_or_ask(page, form)
    except (NameRefused, PathTaken, PathForbidden, MoveRefused) as error:
        return _refuse(page, form, error)


def _rename_or_ask(page: Page, form: RenameForm) -> ResponseReturnValue:
    before = page.path
    if effect := _unconfirmed(page, form):
        return _ask(page, form, effect)
    return act_or_ask_again(
        lambda: _rename(page, form),
        lambda: _ask(page, form),
        lambda saved: flash_saved(saved, _renamed(before, saved.path)),
    )


def _unconfirmed(page: Page, form: RenameForm) -> RuleEffect | None:
    """How a move changes who can read, unless the person has just confirmed that.

    Raises `NameRefused`, `PathForbidden`.
    """
    effect = effect_of_move(
        current_viewer(), page, form.path.data or "", with_subtree=bool(form.subtree.data)
    )
    if not effect.changes_readers or form.confirmed.data == effect.digest:
        return None
    form.confirmed.data = effect.digest
    return effect


def _ask(page: Page, form: RenameForm, effect: RuleEffect | None = None) -> str:
    form.show(page)
    viewer = current_viewer()
    below, linking = (
        pages_below(viewer, page.path, limit=MAX_RENAMED_PAGES),
        backlinks(viewer, page),
    )
    return render_template(
        "pages/moving/rename.html",
        page=page,
        form=form,
        below=len(below),
        linking=len(linking),
        effect=effect,
        readers_of=readers_of,
        editors_of=editors_of,
    )


def _refuse(page: Page, form: RenameForm, error: Exception) -> ResponseReturnValue:
    match error:
        case NameRefused() | PathTaken() | PathForbidden():
            form.reject_name(error)
        case TooComplex():
            message = _(
                "The links of %(path)s can’t be found in time, and would lead elsewhere from a new "
                "path. Shorten its text first.",
                path=error,
            )
            form.reject("path", message)
        case TooManyPages():
            message = _(
                "This would change more than %(limit)s pages. Move a part of them.",
                limit=MAX_RENAMED_PAGES,
            )
            form.reject("path", message)
    return _ask(page, form), 422


def _renamed(before: str, path: str) -> str:
    message: str = (
        _("Renamed. The old address redirects here.") if path != before else _("Renamed.")
    )
    return message


def _rename(page: Page, form: RenameForm) -> SaveResult:
    wanted = RenameRequest(
        title=form.title.data or "",
        path=form.path.data or "",
        base_revision=form.seen(page),
        with_subtree=bool(form.subtree.data),
        with_links=bool(form.links.data),
        summary=form.summary.data or "",
    )
    renamed = rename.rename_page(page.id, wanted, by=signed_in_user(), viewer=current_viewer())
    if renamed.below or renamed.relinked:
        message = _(
            "%(below)s pages below it were moved, too. Links in %(linking)s pages were updated.",
            below=renamed.below,
            linking=renamed.relinked,
        )
        flash(message, "ok")
    return renamed.saved
