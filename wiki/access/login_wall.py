"""Members-only wikis: nothing can be read without signing in."""

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.decorators import Forbidden
from wiki.access.permissions import current_viewer
from wiki.app_state import settings_of
from wiki.web.base_url import current_url
from wiki.web.programs.api_requests import is_api_request

# What people need to sign in, and the health checks.
# Browsers request some of these by themselves, without cookies.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "api.create_session",
        # Git endpoints ask for a token themselves.
        "git.refs",
        "git.upload_pack",
        "hub.healthz",
        "hub.readyz",
        "hub.theme",
        "hub.robots",
        "hub.favicon",
        "hub.touch_icon",
        "hub.logo",
        "hub.accent",
        "hub.manifest",
        "reports.csp_report",
        "watching.unsubscribe",
        "watching.unsubscribe_now",
    }
)
PUBLIC_BLUEPRINTS = frozenset({"accounts"})


def init_app(app: Flask) -> None:
    """In a members-only wiki, redirect all anonymous requests to the sign-in page."""
    if not settings_of(app).public_reading:
        app.before_request(require_login)


def require_login() -> ResponseReturnValue | None:
    """Redirect anonymous readers to the sign-in page, whether or not the URL exists."""
    if current_viewer().may_read or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if request.blueprint in PUBLIC_BLUEPRINTS:
        return None
    if is_api_request() and request.method == "OPTIONS":  # browsers ask without a token
        return None
    return redirect_to_login()


def redirect_to_login() -> ResponseReturnValue:
    """Redirect somebody who may not read this. Raises `Forbidden` for blocked people."""
    if current_viewer().is_blocked:
        raise Forbidden
    accepted = request.accept_mimetypes
    is_page = request.method in ("GET", "HEAD") and not is_api_request()
    if not (is_page and accepted["text/html"]):
        abort(401)
    return redirect(url_for("accounts.login", next=current_url()))
