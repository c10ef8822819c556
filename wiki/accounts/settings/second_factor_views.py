"""Setting up, renewing and switching off your second factor."""

import time

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.authentication.reauthentication import check_current_password
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused
from wiki.accounts.second_factor import codes, factor
from wiki.accounts.settings.second_factor_forms import (
    BothFactorsForm,
    ConfirmCodeForm,
    SwitchOffForm,
)
from wiki.app_state import wiki_name
from wiki.database import utcnow
from wiki.rate_limits import LimitReached
from wiki.web.base_url import external_url

SETUP_PATIENCE = 1800  # seconds to set up the app
_KEY = "new_second_factor"


@accounts.route("/second-factor", methods=["GET", "POST"])
@signed_in_only
def second_factor() -> ResponseReturnValue:
    """The state of the second factor; POST starts to set one up, or renews its recovery codes.

    Renewing requires a code, since new recovery codes would be enough to switch it off.
    """
    form = _password_form()
    if form.validate_on_submit():
        try:
            code = form.text("code") if "code" in form else None
            check_current_password(signed_in_user(), form.text("current_password"), code)
            return _begin_or_renew()
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return _show(form, SwitchOffForm(formdata=None))


def _begin_or_renew() -> ResponseReturnValue:
    if factor.second_factor_of(current_user.id):
        return _show_codes(factor.renew_recovery_codes(current_user.id))
    # Nothing is stored until the app is known to work.
    session[_KEY] = [codes.new_secret(), int(time.time())]
    return redirect(url_for(".set_up_second_factor"), 303)


@accounts.route("/second-factor/set-up", methods=["GET", "POST"])
@signed_in_only
def set_up_second_factor() -> ResponseReturnValue:
    """The secret as a QR code and as text; a code from the app confirms it."""
    secret, began_at = session.get(_KEY, ("", 0))
    if not secret or time.time() - began_at > SETUP_PATIENCE:
        return redirect(url_for(".second_factor"), 303)
    form = ConfirmCodeForm()
    if form.validate_on_submit():
        try:
            recovery_codes = factor.switch_on(signed_in_user(), secret, form.text("code"))
            session.pop(_KEY)
            return _show_codes(recovery_codes)
        except AccountRefused as refused:
            form.show(refused)
    uri = codes.setup_uri(secret, username=current_user.username, issuer=wiki_name())
    shown = {"secret": secret, "picture": codes.qr_code(uri), "uri": uri}
    return form_page("accounts/second_factor/set_up.html", form, **shown)


@accounts.post("/second-factor/off")
@signed_in_only
def switch_second_factor_off() -> ResponseReturnValue:
    """Requires password and code: neither an open session nor a stolen phone is enough."""
    form = SwitchOffForm()
    if form.validate_on_submit():
        try:
            person = signed_in_user()
            check_current_password(person, form.text("current_password"), form.text("code"))
            factor.switch_off(person.id, by=person.id)
            flash(_("You sign in without a code from now on."), "ok")
            return redirect(url_for(".second_factor"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return _show(_password_form(formdata=None), form)


def _password_form(**options: None) -> CurrentPasswordForm | BothFactorsForm:
    is_on = factor.second_factor_of(current_user.id) is not None
    return BothFactorsForm(**options) if is_on else CurrentPasswordForm(**options)


def _show(form: CurrentPasswordForm | BothFactorsForm, off: SwitchOffForm) -> ResponseReturnValue:
    sent = off if off.errors else form
    return form_page(
        "accounts/second_factor/overview.html",
        sent,
        password_form=form,
        off_form=off,
        factor=factor.second_factor_of(current_user.id),
        codes_left=factor.count_recovery_codes(current_user.id),
    )


def _show_codes(recovery_codes: list[str]) -> ResponseReturnValue:
    shown = {"codes": recovery_codes, "home": external_url("hub.front"), "now": utcnow()}
    return render_template("accounts/second_factor/codes.html", **shown)
