"""Managing your access tokens: list, create, revoke."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from wiki.accounts.authentication.reauthentication import (
    check_current_password,
    has_just_signed_in,
)
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import Role
from wiki.accounts.tokens.forms import TokenForm
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import (
    TokenNotFound,
    create_token,
    revoke_all_tokens,
    revoke_token,
    tokens_of,
)
from wiki.rate_limits import LimitReached


@accounts.route("/tokens", methods=["GET", "POST"])
@signed_in_only
def tokens() -> ResponseReturnValue:
    """The list of tokens, and a form for a new one, which is shown once."""
    form = TokenForm(is_administrator=current_user.role == Role.ADMIN)
    if form.validate_on_submit():
        try:
            return _create(form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    found = tokens_of(current_user.id)
    return form_page("accounts/tokens/list.html", form, tokens=found, scopes=TokenScope)


def _create(form: TokenForm) -> ResponseReturnValue:
    """Raises `AccountRefused`, `LimitReached`."""
    if not has_just_signed_in(current_user.id):
        check_current_password(signed_in_user(), form.text("current_password"))
    terms = form.terms()
    token = create_token(signed_in_user(), terms)
    return render_template("accounts/tokens/created.html", token=token, terms=terms)


@accounts.post("/tokens/<id:number>/revoke")
@signed_in_only
def revoke(number: int) -> ResponseReturnValue:
    try:
        found = revoke_token(current_user.id, number)
    except TokenNotFound:
        abort(404)
    flash(_("The token “%(name)s” has been revoked.", name=found.name), "ok")
    return redirect(url_for(".tokens"), 303)


@accounts.post("/tokens/revoke")
@signed_in_only
def revoke_all() -> ResponseReturnValue:
    count = revoke_all_tokens(current_user.id)
    flash(
        ngettext("%(num)s token has been revoked.", "%(num)s tokens have been revoked.", count),
        "ok",
    )
    return redirect(url_for(".tokens"), 303)
