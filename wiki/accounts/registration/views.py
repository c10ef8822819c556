"""The pages for registering."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts import messages
from wiki.accounts.authentication import sessions
from wiki.accounts.blueprint import accounts, form_page, next_page
from wiki.accounts.errors import AccountRefused, RegistrationClosed
from wiki.accounts.models import Role
from wiki.accounts.registration.address_proof import mail_proof, proven_address
from wiki.accounts.registration.forms import AddressForm, RegisterForm
from wiki.accounts.registration.invitations import invitation_problem
from wiki.accounts.registration.register import (
    Registration,
    asks_for_address,
    check_may_register,
    register_user,
)
from wiki.accounts.registration.setup_code import needs_setup_code
from wiki.accounts.registration_settings import REGISTRATION_DOMAINS
from wiki.accounts.users import has_users
from wiki.mail.sender_settings import can_mail
from wiki.rate_limits import LimitReached


@accounts.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_page(), 303)
    return _register(request.values.get("invite", ""), request.values.get("address", ""))


def _register(token: str, proof: str) -> ResponseReturnValue:
    email = proven_address(proof)
    if asks_for_address(token, email):
        return _ask_for_address()
    is_invited = check_may_register(token, email)
    is_first = not has_users()
    form = RegisterForm(needs_code=is_first and needs_setup_code(), email=email)
    if form.validate_on_submit():
        try:
            return _welcome(form.registration(), token)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    ended = None if is_invited or is_first or not token else invitation_problem(token)
    shown = {"is_first": is_first, "ended": ended and messages.registration_closed(ended)}
    return form_page("accounts/registration/register.html", form, **shown)


def _ask_for_address() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        try:
            address = mail_proof(form.text("email"))
            flash(_("A link is on its way to %(address)s.", address=address), "ok")
            return redirect(url_for(".login"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    domains = REGISTRATION_DOMAINS.current().names()
    return form_page("accounts/registration/address.html", form, domains=domains)


def _welcome(registration: Registration, token: str) -> ResponseReturnValue:
    user = register_user(registration, token=token)
    sessions.sign_in(user)
    flash(_("Welcome, %(name)s.", name=user.username), "ok")
    if user.email and not user.email_confirmed_at and can_mail():
        flash(
            _("Open the link that we sent to %(address)s, to confirm it.", address=user.email), "ok"
        )
    if user.role == Role.ADMIN:
        flash(_("You are the first person here, so you are the administrator."), "ok")
    return redirect(next_page(), 303)


@accounts.errorhandler(RegistrationClosed)
def registration_closed(closed: RegistrationClosed) -> ResponseReturnValue:
    return render_template(
        "accounts/registration/closed.html", reason=messages.registration_closed(closed.reason)
    ), 403
