"""Registration, sign-in, sign-out and settings over HTTP."""

import hashlib
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response as BaseResponse

from wiki.accounts import newpassword, sessions, words
from wiki.accounts.errors import LinkRefused, Refused, RegistrationClosed, SignInNeeded
from wiki.accounts.forms import LoginForm, NewPasswordForm, RegisterForm, SettingsForm
from wiki.accounts.models import Role
from wiki.accounts.names import key_of
from wiki.accounts.people import LONGEST_SEARCHED
from wiki.accounts.register import Wish, check_may_register
from wiki.accounts.register import register as register_person
from wiki.accounts.ways import safe_path
from wiki.extensions import limiter, login_manager
from wiki.forgery import origin_suffices

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

accounts = Blueprint("accounts", __name__, url_prefix="/account")

# By address: somebody guessing at many names. By name: many addresses guessing at one; only
# failures count there, so that nobody locks out a person who knows the password for longer.
SIGN_INS_BY_ADDRESS = "10 per minute"
FAILURES_BY_NAME = "5 per minute"
# A class sits behind one address and mistypes: what is refused is counted apart.
REGISTRATIONS_BY_ADDRESS = "10 per hour"
ATTEMPTS_BY_ADDRESS = "60 per hour"
# How a link for a new password is told that sets none.
NO_LINK_STATUS = {"expired": 410, "used": 410, "disabled": 403, "invalid": 404}


def init_app(app: Flask) -> None:
    login_manager.user_loader(sessions.load_member)
    login_manager.unauthorized_handler(ask_to_sign_in)
    login_manager.login_view = "accounts.login"
    # Its modes tie a session to the browser's address, which changes with every train ride.
    login_manager.session_protection = None
    app.register_blueprint(accounts)
    app.jinja_env.globals["way_back"] = way_back


def way_back() -> str | None:
    """Where to return to after signing in from this page, for `next` in links to sign-in."""
    if request.blueprint == accounts.name:
        return safe_path(request.values.get("next"))
    path = _here()
    return None if path == "/" else path


def _here() -> str | None:
    return safe_path(request.full_path.removesuffix("?"))


def next_page() -> str:
    """Where the person came from, or the front page."""
    return safe_path(request.values.get("next")) or url_for("hub.front")


def signed_in_only(view: View) -> View:
    """Flask-Login's guard, with the view's types."""
    return cast(View, login_required(view))


def ask_to_sign_in() -> ResponseReturnValue:
    """A reader is led to the sign-in page and back; who sent a form gets its text back."""
    if request.method not in ("GET", "HEAD"):
        raise SignInNeeded
    return redirect(url_for("accounts.login", next=_here()))


def _is_done(response: BaseResponse) -> bool:
    return response.status_code == 303


def _is_refused(response: BaseResponse) -> bool:
    return response.status_code == 422


def _name_tried() -> str:
    name = key_of(request.form.get("username", "")[:LONGEST_SEARCHED])
    return "name " + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


@accounts.route("/register", methods=["GET", "POST"])
@limiter.limit(ATTEMPTS_BY_ADDRESS, methods=["POST"])
@limiter.limit(REGISTRATIONS_BY_ADDRESS, methods=["POST"], deduct_when=_is_done)
def register() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_page(), 303)
    token = request.values.get("invite", "")
    check_may_register(token)
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            return _welcome(form.wish(), token)
        except Refused as refused:
            form.show(refused)
    return render_template("accounts/register.html", form=form), 422 if form.errors else 200


def _welcome(wish: Wish, token: str) -> ResponseReturnValue:
    person = register_person(wish, token=token)
    sessions.sign_in(person)
    flash(_("Welcome, %(name)s.", name=person.username), "ok")
    if person.role == Role.ADMIN:
        flash(_("You are the first one here, so you run this wiki."), "ok")
    return redirect(next_page(), 303)


@accounts.route("/login", methods=["GET", "POST"])
@origin_suffices
@limiter.limit(SIGN_INS_BY_ADDRESS, methods=["POST"])
@limiter.limit(FAILURES_BY_NAME, methods=["POST"], key_func=_name_tried, deduct_when=_is_refused)
def login() -> ResponseReturnValue:
    form = LoginForm()
    if form.validate_on_submit():
        try:
            person = sessions.authenticate(form.text("username"), form.text("password"))
            sessions.sign_in(person, remember=form.remember.data)
            return redirect(next_page(), 303)
        except Refused as refused:
            form.show(refused)
    elif current_user.is_authenticated and request.method == "GET":
        return redirect(next_page(), 303)
    return render_template("accounts/login.html", form=form), 422 if form.errors else 200


@accounts.route("/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    if request.method == "GET" and current_user.is_authenticated:
        return render_template("accounts/logout.html")
    sessions.sign_out()
    flash(_("You are signed out."), "ok")
    return redirect(next_page(), 303)


@accounts.route("/password", methods=["GET", "POST"])
@limiter.limit(SIGN_INS_BY_ADDRESS, methods=["POST"])
def new_password() -> ResponseReturnValue:
    """Where a link for a new password leads; signing in with it is another step."""
    token = request.values.get("link", "")
    person = newpassword.person_of(token)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            person = newpassword.set_new_password(token, form.text("password"))
            flash(_("%(name)s has a new password. Sign in with it.", name=person.username), "ok")
            return redirect(url_for(".login"), 303)
        except Refused as refused:
            form.show(refused)
    shown = {"person": person, "form": form}
    return render_template("accounts/password.html", **shown), 422 if form.errors else 200


@accounts.route("/settings", methods=["GET", "POST"])
@limiter.limit(SIGN_INS_BY_ADDRESS, methods=["POST"])
@signed_in_only
def settings() -> ResponseReturnValue:
    form = SettingsForm(email=current_user.email)
    if form.validate_on_submit():
        try:
            sessions.change_account(
                sessions.current_person(),
                current_password=form.text("current_password"),
                password=form.text("password"),
                # A form without the field says nothing about the address.
                email=form.text("email") if form.email.raw_data else None,
            )
            flash(_("Your settings are saved."), "ok")
            return redirect(url_for(".settings"), 303)
        except Refused as refused:
            form.show(refused)
    return render_template("accounts/settings.html", form=form), 422 if form.errors else 200


@accounts.post("/settings/sessions")
@signed_in_only
def end_other_sessions() -> ResponseReturnValue:
    sessions.end_other_sessions(sessions.current_person())
    flash(_("You are signed out everywhere but here."), "ok")
    return redirect(url_for(".settings"), 303)


@accounts.errorhandler(RegistrationClosed)
def registration_closed(closed: RegistrationClosed) -> ResponseReturnValue:
    return render_template("accounts/closed.html", reason=words.closed(closed.reason)), 403


@accounts.errorhandler(LinkRefused)
def link_refused(refused: LinkRefused) -> ResponseReturnValue:
    page = render_template("accounts/no_link.html", reason=words.no_link(refused.reason))
    return page, NO_LINK_STATUS[refused.reason]


@accounts.after_request
def _keep_private(response: Response) -> Response:
    # The browser's back button must not show a signed-out person's page.
    response.headers["Cache-Control"] = "no-store"
    return response
