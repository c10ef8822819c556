"""Signing in and out, forgotten passwords, and setting a new one by a link."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from wiki.accounts import messages
from wiki.accounts.authentication import password_reset, second_step, sessions
from wiki.accounts.authentication.forms import (
    CodeForm,
    ForgottenPasswordForm,
    LoginForm,
    NewPasswordForm,
)
from wiki.accounts.blueprint import accounts, form_page, next_page, return_path
from wiki.accounts.errors import AccountRefused, LinkRefused
from wiki.accounts.passkeys.queries import passkeys_of
from wiki.accounts.registration_settings import registration_mode
from wiki.accounts.second_factor.factor import count_recovery_codes
from wiki.accounts.tokens.tokens import count_live_tokens
from wiki.mail.sender_settings import can_mail
from wiki.rate_limits import LimitReached
from wiki.web.csrf import allow_same_origin

# The HTTP status for each reason to refuse a reset link.
REFUSED_LINK_STATUS = {"expired": 410, "used": 410, "disabled": 403, "invalid": 404}


@accounts.route("/login", methods=["GET", "POST"])
@allow_same_origin
def login() -> ResponseReturnValue:
    form = LoginForm()
    if form.validate_on_submit():
        try:
            return _sign_in(form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    elif current_user.is_authenticated and request.method == "GET":
        return redirect(next_page(), 303)
    mode = registration_mode()
    return form_page("accounts/authentication/login.html", form, registration=mode)


def _sign_in(form: LoginForm) -> ResponseReturnValue:
    person = sessions.authenticate(form.text("username"), form.text("password"))
    if second_step.is_needed(person):
        second_step.begin(person, remember=form.remember.data)
        return redirect(url_for(".login_code", next=return_path()), 303)
    sessions.sign_in(person, remember=form.remember.data)
    return redirect(next_page(), 303)


@accounts.route("/login/code", methods=["GET", "POST"])
def login_code() -> ResponseReturnValue:
    """The second step of signing in."""
    pending = second_step.pending_login()
    if pending is None:
        return redirect(url_for(".login", next=return_path()), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            return _finish(pending, form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return form_page("accounts/second_factor/login.html", form)


def _finish(pending: second_step.PendingLogin, form: CodeForm) -> ResponseReturnValue:
    number = pending.person.id
    if second_step.finish(pending, form.text("code")):
        left = count_recovery_codes(number)
        words = ngettext("%(num)s recovery code is left.", "%(num)s recovery codes are left.", left)
        flash(words, "warn")
    return redirect(next_page(), 303)


@accounts.route("/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    if request.method == "GET" and current_user.is_authenticated:
        return render_template("accounts/authentication/logout.html")
    if sessions.sign_out():
        flash(_("You are signed out."), "ok")
    else:
        flash(messages.signed_out_here_only(), "warn")
    return redirect(next_page(), 303)


@accounts.route("/forgotten", methods=["GET", "POST"])
def forgotten_password() -> ResponseReturnValue:
    """Request a reset link. The response is the same whether or not a mail is sent."""
    form = ForgottenPasswordForm()
    if can_mail() and form.validate_on_submit():
        try:
            password_reset.request_reset(form.text("username"))
            flash(_("If this account has a confirmed e-mail address, a link is on its way."), "ok")
            return redirect(url_for(".login"), 303)
        except LimitReached as error:
            form.show(error)
    return form_page("accounts/authentication/forgotten.html", form)


@accounts.route("/password", methods=["GET", "POST"])
def new_password() -> ResponseReturnValue:
    """Set a new password with a link. This doesn’t sign anybody in."""
    token = request.values.get("link", "")
    person = password_reset.user_of_link(token)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            return _set_password(token, form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    more = {"has_tokens": count_live_tokens(person.id) > 0, "passkeys": passkeys_of(person.id)}
    return form_page("accounts/authentication/password.html", form, person=person, **more)


def _set_password(token: str, form: NewPasswordForm) -> ResponseReturnValue:
    """Raises `LinkRefused`, `AccountRefused`, `LimitReached`."""
    person = password_reset.reset_password(
        token,
        form.text("password"),
        revokes_tokens=form.revoke_tokens.data,
        removes_passkeys=form.remove_passkeys.data,
    )
    flash(_("%(name)s has a new password. Sign in with it.", name=person.username), "ok")
    return redirect(url_for(".login"), 303)


@accounts.errorhandler(LinkRefused)
def link_refused(refused: LinkRefused) -> ResponseReturnValue:
    page = render_template(
        "accounts/authentication/no_link.html",
        reason=messages.reset_link_refused(refused.reason),
        is_over=refused.reason in ("expired", "used"),
    )
    return page, REFUSED_LINK_STATUS[refused.reason]
