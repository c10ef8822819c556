"""Kinds of page, added and changed by administrators."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.admin.blueprint import admin
from wiki.admin.kinds.change import (
    KindConflict,
    KindDraft,
    KindNotFound,
    KindRefused,
    add_kind,
    change_kind,
    draft_of,
    own_kind,
    retire_kind,
)
from wiki.admin.kinds.form import KindForm, form_moved, form_of
from wiki.database import db
from wiki.kinds.current import all_kinds
from wiki.kinds.models import PageKind
from wiki.pages.queries.page_lists import count_by_kind
from wiki.web.csrf import ProtectedForm


@admin.get("/kinds")
def kinds() -> ResponseReturnValue:
    counts = count_by_kind(current_viewer())
    return render_template("admin/kinds/list.html", kinds=all_kinds().values(), counts=counts)


@admin.route("/kinds/new", methods=["GET", "POST"])
def new_kind() -> ResponseReturnValue:
    if request.method == "GET":
        return _show(form_of(KindDraft("", ""), None), None)
    form = KindForm()
    if form.validate_on_submit() and "move" not in request.form:
        try:
            name = add_kind(form.draft(), by=current_viewer().user_id)
        except KindRefused as refused:
            form.show(refused)
        else:
            flash(_("Added. It is offered for new pages now."), "ok")
            return redirect(url_for(".change_own_kind", kind=name), 303)
    return _again(form, None)


@admin.route("/kinds/<kind>", methods=["GET", "POST"])
def change_own_kind(kind: str) -> ResponseReturnValue:
    row = _row_or_404(kind)
    if request.method == "GET":
        return _show(form_of(draft_of(row), row.version), row)
    form = KindForm()
    if form.validate_on_submit() and "move" not in request.form:
        return _change(form, row)
    return _again(form, row)


def _change(form: KindForm, row: PageKind) -> ResponseReturnValue:
    name = row.name
    try:
        change_kind(name, form.draft(), since=form.seen(), by=current_viewer().user_id)
    except KindRefused as refused:
        form.show(refused)
        return _again(form, _row_or_404(name))
    except KindConflict:
        words = _(
            "Somebody else has changed this in the meantime. Check their changes before you save."
        )
        form.form_errors = [words]
        row = _row_or_404(name)
        form.version.data = str(row.version)
        return _show(form, row, 409)
    flash(_("Saved."), "ok")
    return redirect(url_for(".change_own_kind", kind=name), 303)


@admin.post("/kinds/<kind>/retire")
def retire_own_kind(kind: str) -> ResponseReturnValue:
    _row_or_404(kind)
    is_retired = request.form.get("back") is None
    try:
        retire_kind(kind, is_retired=is_retired, by=current_viewer().user_id)
    except KindNotFound:
        abort(404)
    words = _("Retired. Its pages stay as they are.") if is_retired else _("Brought back.")
    flash(words, "ok")
    return redirect(url_for(".change_own_kind", kind=kind), 303)


def _row_or_404(name: str) -> PageKind:
    try:
        return own_kind(db.session(), name)
    except KindNotFound:
        abort(404)


def _again(form: KindForm, row: PageKind | None) -> ResponseReturnValue:
    """The submitted form again: with rows moved by a button, or with error messages."""
    if "move" in request.form:
        return _show(form_moved(form, request.form["move"]), row)
    return _show(form, row, 422 if form.errors else 200)


def _show(form: KindForm, row: PageKind | None, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "admin/kinds/kind.html", form=form, kind=row, plain=ProtectedForm()
    ), status
