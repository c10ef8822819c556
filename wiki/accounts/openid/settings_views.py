"""Linking and unlinking identities in your settings."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.authentication.reauthentication import check_current_password
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused, LastSignInMethod
from wiki.accounts.openid import handshake as handshakes
from wiki.accounts.openid.errors import IdentityNotFound
from wiki.accounts.openid.handshake import Handshake
from wiki.accounts.openid.identities import identities_of, unlink
from wiki.accounts.openid.protocol import new_secrets
from wiki.accounts.openid.views import to_provider
from wiki.app_state import current_settings
from wiki.rate_limits import LimitReached


@accounts.route("/identities", methods=["GET", "POST"])
@signed_in_only
def identities() -> ResponseReturnValue:
    """The linked identities; POST takes the password and then offers to go to the provider."""
    form = CurrentPasswordForm()
    if form.validate_on_submit():
        try:
            check_current_password(signed_in_user(), form.text("current_password"))
            handshakes.allow_linking(current_user.id)
            return redirect(url_for(".identities"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return form_page(
        "accounts/openid/identities.html",
        form,
        identities=identities_of(current_user.id),
        may_link=handshakes.may_link(current_user.id),
        has_password=signed_in_user().password_hash is not None,
    )


@accounts.get("/identities/link")
@signed_in_only
def link_identity() -> ResponseReturnValue:
    """Redirect to the provider after the password was entered.

    It is a link rather than a form, since the Content Security Policy restricts the targets of
    forms.
    """
    if current_settings().openid_provider is None or not handshakes.may_link(current_user.id):
        return redirect(url_for(".identities"), 303)
    return to_provider(Handshake(new_secrets(), linking=current_user.id))


@accounts.post("/identities/<id:number>/unlink")
@signed_in_only
def unlink_identity(number: int) -> ResponseReturnValue:
    try:
        unlink(current_user.id, number)
        flash(_("Unlinked."), "ok")
    except IdentityNotFound:
        abort(404)
    except LastSignInMethod:
        flash(_("Set a password first: you could no longer sign in without this."), "warn")
    return redirect(url_for(".identities"), 303)
