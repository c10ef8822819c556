"""Registration, sign-in, sign-out and settings over HTTP."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.exceptions import HTTPException

from wiki.accounts import messages
from wiki.accounts.authentication import password_reset, sessions
from wiki.accounts.authentication.user_agents import browser_name
from wiki.accounts.errors import AccountRefused, LinkRefused, RegistrationClosed, SignInNeeded
from wiki.accounts.forms import (
    AccountForm,
    LoginForm,
    NewPasswordForm,
    RegisterForm,
    SettingsForm,
    TimezoneForm,
)
from wiki.accounts.models import Member, Role
from wiki.accounts.redirects import safe_path
from wiki.accounts.registration.invitations import invitation_problem
from wiki.accounts.registration.register import (
    Registration,
    check_may_register,
    offers_registration,
)
from wiki.accounts.registration.register import register as register_person
from wiki.accounts.registration.setup_code import needs_setup_code
from wiki.accounts.settings import change_account, set_timezone
from wiki.accounts.users import has_users
from wiki.app_state import current_settings
from wiki.extensions import login_manager
from wiki.rate_limits import LimitReached
from wiki.web.base_url import current_url
from wiki.web.csrf import allow_same_origin

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

accounts = Blueprint("accounts", __name__, url_prefix="/account")

# How a link for a new password is told that sets none.
REFUSED_LINK_STATUS = {"expired": 410, "used": 410, "disabled": 403, "invalid": 404}


def init_app(app: Flask) -> None:
    login_manager.user_loader(sessions.load_member)
    login_manager.unauthorized_handler(ask_to_sign_in)
    login_manager.login_view = "accounts.login"
    # Its modes tie a session to the browser's address, which changes with every train ride.
    login_manager.session_protection = None
    app.register_blueprint(accounts)
    app.after_request(_record_use)
    app.jinja_env.globals.update(way_back=way_back, offers_registration=offers_registration)


def way_back() -> str | None:
    """Where to return to after signing in from this page, for `next` in links to sign-in."""
    if request.blueprint == accounts.name:
        return safe_path(_sent("next"))
    path = _here()
    return None if path == f"{request.script_root}/" else path


def _sent(name: str) -> str:
    """A value of the form or the address; of the address alone when the form can't be read."""
    try:
        return request.values.get(name, "")
    except HTTPException:
        return request.args.get(name, "")


def _here() -> str | None:
    return safe_path(current_url())


def next_page() -> str:
    """Where the person came from, or the front page."""
    return safe_path(_sent("next")) or url_for("hub.front")


def signed_in_only(view: View) -> View:
    """Flask-Login's guard, with the view's types."""
    return cast(View, login_required(view))


def ask_to_sign_in() -> ResponseReturnValue:
    """A reader is led to the sign-in page and back; who sent a form gets its text back."""
    if request.method not in ("GET", "HEAD"):
        raise SignInNeeded
    return redirect(url_for("accounts.login", next=_here()))


def _form_page(template: str, form: AccountForm, **shown: Any) -> ResponseReturnValue:
    """The page of a form as it is, with the status it asks for."""
    page = render_template(template, form=form, **shown)
    return page, form.status, {"Retry-After": str(form.wait)} if form.wait else {}


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
            return _welcome(form.wish(), token)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    shown = {"is_first": is_first, "ended": ended and messages.closed(ended)}
    return _form_page("accounts/register.html", form, **shown)


def _welcome(wish: Registration, token: str) -> ResponseReturnValue:
    person = register_person(wish, token=token)
    sessions.sign_in(person)
    flash(_("Welcome, %(name)s.", name=person.username), "ok")
    if person.role == Role.ADMIN:
        flash(_("You are the first person here, so you are the administrator."), "ok")
    return redirect(next_page(), 303)


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
    mode = current_settings().registration
    return _form_page("accounts/login.html", form, registration=mode)


def _sign_in(form: LoginForm) -> ResponseReturnValue:
    person = sessions.authenticate(form.text("username"), form.text("password"))
    sessions.sign_in(person, remember=form.remember.data)
    return redirect(next_page(), 303)


@accounts.route("/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    if request.method == "GET" and current_user.is_authenticated:
        return render_template("accounts/logout.html")
    sessions.sign_out()
    flash(_("You are signed out."), "ok")
    return redirect(next_page(), 303)


@accounts.route("/password", methods=["GET", "POST"])
def new_password() -> ResponseReturnValue:
    """Where a link for a new password leads; signing in with it is another step."""
    token = request.values.get("link", "")
    person = password_reset.user_of_link(token)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            person = password_reset.reset_password(token, form.text("password"))
            flash(_("%(name)s has a new password. Sign in with it.", name=person.username), "ok")
            return redirect(url_for(".login"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return _form_page("accounts/password.html", form, person=person)


@accounts.route("/settings", methods=["GET", "POST"])
@signed_in_only
def settings() -> ResponseReturnValue:
    form = SettingsForm(email=current_user.email)
    if form.validate_on_submit():
        try:
            return _change_account(form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    times = TimezoneForm(formdata=None, timezone=current_user.timezone or "")
    return _form_page("accounts/settings.html", form, times=times)


def _change_account(form: SettingsForm) -> ResponseReturnValue:
    change_account(
        sessions.signed_in_user(),
        current_password=form.text("current_password"),
        password=form.text("password"),
        # A form without the field says nothing about the address.
        email=form.text("email") if form.email.raw_data else None,
    )
    flash(_("Settings saved."), "ok")
    return redirect(url_for(".settings"), 303)


@accounts.get("/settings/sessions")
@signed_in_only
def show_sessions() -> ResponseReturnValue:
    found = sessions.active_sessions(current_user.id)
    return render_template("accounts/sessions.html", sessions=found, browser_name=browser_name)


@accounts.post("/settings/timezone")
@signed_in_only
def choose_timezone() -> ResponseReturnValue:
    times = TimezoneForm()
    if not times.validate_on_submit():
        form = SettingsForm(formdata=None, email=current_user.email)
        return render_template("accounts/settings.html", form=form, times=times), 422
    set_timezone(sessions.signed_in_user(), times.timezone.data)
    flash(_("Time zone saved."), "ok")
    return redirect(url_for(".settings"), 303)


@accounts.post("/settings/sessions")
@signed_in_only
def end_sessions() -> ResponseReturnValue:
    """End one session, all of them, or without a word every one but this."""
    session_id = request.form.get("session", "")
    if "everywhere" in request.form or session_id == current_user.session_id:
        return _leave(everywhere="everywhere" in request.form)
    if session_id:
        sessions.end_session(current_user.id, session_id)
        flash(_("That browser is signed out."), "ok")
    else:
        sessions.end_sessions(sessions.signed_in_user())
        flash(_("You are signed out everywhere but here."), "ok")
    return redirect(url_for(".show_sessions"), 303)


def _leave(*, everywhere: bool) -> ResponseReturnValue:
    if everywhere:
        sessions.end_sessions(sessions.signed_in_user(), keep_this=False)
    else:
        sessions.sign_out()
    flash(_("You are signed out everywhere.") if everywhere else _("You are signed out."), "ok")
    return redirect(url_for("hub.front"), 303)


def _record_use(response: Response) -> Response:
    member = g.get("_login_user")
    if isinstance(member, Member):
        sessions.record_use(member)
    return response


@accounts.errorhandler(RegistrationClosed)
def registration_closed(closed: RegistrationClosed) -> ResponseReturnValue:
    return render_template("accounts/closed.html", reason=messages.closed(closed.reason)), 403


@accounts.errorhandler(LinkRefused)
def link_refused(refused: LinkRefused) -> ResponseReturnValue:
    page = render_template("accounts/no_link.html", reason=messages.no_link(refused.reason))
    return page, REFUSED_LINK_STATUS[refused.reason]


@accounts.after_request
def _keep_private(response: Response) -> Response:
    # The browser's back button must not show a signed-out person's page.
    response.headers["Cache-Control"] = "no-store"
    return response
