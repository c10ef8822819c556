"""Managing your passkeys, and signing in with one."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication import sessions
from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.authentication.reauthentication import check_current_password, gave_password
from wiki.accounts.blueprint import accounts, form_page, next_page, signed_in_only
from wiki.accounts.errors import AccountRefused, LastSignInMethod
from wiki.accounts.passkeys.ceremony import creation_options, request_options
from wiki.accounts.passkeys.forms import NewPasskeyForm, PasskeyLoginForm
from wiki.accounts.passkeys.passkeys import (
    PasskeyNotFound,
    add_passkey,
    authenticate_by_passkey,
    remove_passkey,
)
from wiki.accounts.passkeys.queries import passkeys_of
from wiki.rate_limits import LimitReached


@accounts.route("/passkeys", methods=["GET", "POST"])
@signed_in_only
def passkeys() -> ResponseReturnValue:
    """The list of passkeys; POST with the password leads to adding one."""
    form = CurrentPasswordForm()
    if form.validate_on_submit():
        try:
            check_current_password(sessions.signed_in_user(), form.text("current_password"))
            return redirect(url_for(".new_passkey"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return form_page("accounts/passkeys/list.html", form, passkeys=passkeys_of(current_user.id))


@accounts.route("/passkeys/new", methods=["GET", "POST"])
@signed_in_only
def new_passkey() -> ResponseReturnValue:
    if not gave_password(current_user.id):
        return redirect(url_for(".passkeys"), 303)
    form = NewPasskeyForm()
    if form.validate_on_submit():
        try:
            add_passkey(current_user.id, form.text("name"), form.text("credential"))
            flash(_("You can sign in with this passkey from now on."), "ok")
            return redirect(url_for(".passkeys"), 303)
        except AccountRefused as refused:
            form.show(refused)
    known = [key.credential_id for key in passkeys_of(current_user.id)]
    options = creation_options(current_user, known)
    form.credential.data = ""
    return form_page("accounts/passkeys/new.html", form, options=options)


@accounts.post("/passkeys/<id:number>/remove")
@signed_in_only
def remove(number: int) -> ResponseReturnValue:
    try:
        name = remove_passkey(current_user.id, number)
        flash(_("“%(name)s” has been removed. Delete it on the device as well.", name=name), "ok")
    except PasskeyNotFound:
        abort(404)
    except LastSignInMethod:
        flash(_("Set a password first: you could no longer sign in without this."), "warn")
    return redirect(url_for(".passkeys"), 303)


@accounts.get("/login/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """The options for the authenticator, as JSON."""
    return request_options()


@accounts.route("/login/passkey", methods=["GET", "POST"])
def passkey_login() -> ResponseReturnValue:
    """Sign in with a passkey, which counts as two factors: the device, and its user
    verification.
    """
    form = PasskeyLoginForm()
    if form.validate_on_submit():
        try:
            person = authenticate_by_passkey(form.text("credential"))
            sessions.sign_in(person, remember=form.remember.data)
            return redirect(next_page(), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return form_page("accounts/passkeys/login.html", form)
