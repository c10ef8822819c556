"""Registers the account views, and how requests are authenticated."""

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from wiki.accounts.authentication import sessions
from wiki.accounts.authentication import views as authentication  # noqa: F401
from wiki.accounts.blueprint import accounts, return_path
from wiki.accounts.errors import SignInNeeded
from wiki.accounts.leaving import views as leaving  # noqa: F401
from wiki.accounts.mail_values import MAILS
from wiki.accounts.merging.own_references import OWN_REFERENCES
from wiki.accounts.merging.references import register_references
from wiki.accounts.models import SessionUser
from wiki.accounts.openid import settings_views as identities  # noqa: F401
from wiki.accounts.openid import views as openid  # noqa: F401
from wiki.accounts.passkeys import views as passkeys  # noqa: F401
from wiki.accounts.privacy.former_names import is_former_member
from wiki.accounts.redirects import safe_path
from wiki.accounts.registration import views as registration  # noqa: F401
from wiki.accounts.registration.register import offers_registration
from wiki.accounts.settings import email_views, name_views, second_factor_views  # noqa: F401
from wiki.accounts.settings import views as settings  # noqa: F401
from wiki.accounts.tokens import views as tokens  # noqa: F401
from wiki.app_state import settings_of
from wiki.extensions import login_manager
from wiki.mail import kinds
from wiki.mail.sender_settings import can_mail
from wiki.web.base_url import current_url


def init_app(app: Flask) -> None:
    login_manager.user_loader(sessions.load_member)
    login_manager.unauthorized_handler(ask_to_sign_in)
    login_manager.login_view = "accounts.login"
    # Flask-Login would bind sessions to the IP address, which changes on mobile networks.
    login_manager.session_protection = None
    app.register_blueprint(accounts)
    kinds.register_mails(app, MAILS)
    register_references(app, OWN_REFERENCES)
    app.after_request(_record_use)
    app.jinja_env.globals.update(
        can_mail=can_mail,
        is_former_member=is_former_member,
        offers_registration=offers_registration,
        return_path=return_path,
    )
    # The name of the provider to sign in with; empty without one.
    provider = settings_of(app).openid_provider
    app.jinja_env.globals["openid_name"] = provider.name if provider else ""


def ask_to_sign_in() -> ResponseReturnValue:
    """Redirect to the sign-in page and back; a submitted form gets its text back."""
    if request.method not in ("GET", "HEAD"):
        raise SignInNeeded
    return redirect(url_for("accounts.login", next=safe_path(current_url())))


def _record_use(response: Response) -> Response:
    member = g.get("_login_user")
    if isinstance(member, SessionUser):
        sessions.record_use(member)
    return response
