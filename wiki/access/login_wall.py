"""A wiki for members only: who isn't signed in reads nothing at all."""

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.app_state import settings_of
from wiki.web.base_url import current_url

# What a person needs in order to sign in, and what a host asks of a running wiki.
# Browsers ask for some of it by themselves, and without cookies.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "hub.healthz",
        "hub.readyz",
        "hub.theme",
        "hub.robots",
        "hub.favicon",
        "hub.touch_icon",
        "hub.logo",
        "hub.manifest",
        "reports.csp_report",
    }
)
PUBLIC_BLUEPRINTS = frozenset({"accounts"})


def init_app(app: Flask) -> None:
    if not settings_of(app).public_reading:
        app.before_request(require_login)


def require_login() -> ResponseReturnValue | None:
    """Lead strangers to the sign-in page, whether there is something at the address or not."""
    if current_viewer().may_read or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if request.blueprint in PUBLIC_BLUEPRINTS:
        return None
    accepted = request.accept_mimetypes
    if request.method not in ("GET", "HEAD") or not accepted["text/html"]:
        abort(401)
    return redirect(url_for("accounts.login", next=current_url()))
