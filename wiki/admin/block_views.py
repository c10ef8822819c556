"""Blocked people and IP addresses, for administrators."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.accounts.blocking.blocks import (
    BlockNotFound,
    BlockRefused,
    add_block,
    count_blocks,
    lift_block,
    list_blocks,
)
from wiki.admin.blueprint import admin
from wiki.admin.forms import BlockForm
from wiki.rate_limits.keys import client_address
from wiki.web.pagination import paginate


@admin.get("/blocked", endpoint="blocked")
def show_blocked() -> ResponseReturnValue:
    """The list of blocks, and a form prefilled with the `target` in the query string."""
    return _show_blocked(BlockForm(formdata=None, target=request.args.get("target", "")))


def _show_blocked(form: BlockForm) -> tuple[str, int]:
    pagination = paginate(count_blocks())
    blocks = list_blocks(offset=pagination.offset, limit=pagination.per_page)
    page = render_template("admin/blocked.html", blocks=blocks, pagination=pagination, form=form)
    return page, 422 if form.errors else 200


@admin.post("/blocked")
def block() -> ResponseReturnValue:
    form = BlockForm()
    if not form.validate():
        return _show_blocked(form)
    target, reason = form.target.data or "", form.reason.data or ""
    by, own = current_viewer().user_id, client_address()
    try:
        add_block(target, reason, form.duration(), by=by, own_address=own)
    except BlockRefused as refused:
        form.show(refused)
        return _show_blocked(form)
    flash(_("Blocked: %(target)s", target=target), "ok")
    return redirect(url_for(".blocked"), 303)


@admin.post("/blocked/<id:number>/lift")
def lift(number: int) -> ResponseReturnValue:
    try:
        lifted = lift_block(number, by=current_viewer().user_id)
    except BlockNotFound:
        abort(404)
    if lifted.still is None:
        flash(_("No longer blocked: %(target)s", target=lifted.target), "ok")
    else:
        said = _("This block has ended, but another one goes on: %(target)s", target=lifted.still)
        flash(said, "warn")
    return redirect(url_for(".blocked"), 303)
