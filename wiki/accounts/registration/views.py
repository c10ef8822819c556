"""Registering over HTTP."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts import messages
from wiki.accounts.authentication import sessions
from wiki.accounts.blueprint import accounts, form_page, next_page
from wiki.accounts.errors import AccountRefused, RegistrationClosed
from wiki.accounts.models import Role
from wiki.accounts.registration.forms import RegisterForm
from wiki.accounts.registration.invitations import invitation_problem
from wiki.accounts.registration.register import Registration, check_may_register, register_user
from wiki.accounts.registration.setup_code import needs_setup_code
from wiki.accounts.users import has_users
from wiki.mail.queue import can_mail
from wiki.rate_limits import LimitReached


@accounts.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_page(), 303)
    token = request.values.get("invite", "")
    is_invited = check_may_register(token)
    is_first = not has_users()
    ended = None if is_invited or is_first or not token else invitation_problem(token)
    form = RegisterForm(needs_code=is_first and needs_setup_code())
    if form.validate_on_submit():
        try:
            return _welcome(form.registration(), token)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    shown = {"is_first": is_first, "ended": ended and messages.closed(ended)}
    return form_page("accounts/registration/register.html", form, **shown)


def _welcome(registration: Registration, token: str) -> ResponseReturnValue:
    user = register_user(registration, token=token)
    sessions.sign_in(user)
    flash(_("Welcome, %(name)s.", name=user.username), "ok")
    if user.email and can_mail():
        flash(
            _("Open the link that we sent to %(address)s, to confirm it.", address=user.email), "ok"
        )
    if user.role == Role.ADMIN:
        flash(_("You are the first person here, so you are the administrator."), "ok")
    return redirect(next_page(), 303)


@accounts.errorhandler(RegistrationClosed)
def registration_closed(closed: RegistrationClosed) -> ResponseReturnValue:
    return render_template(
        "accounts/registration/closed.html", reason=messages.closed(closed.reason)
    ), 403
