"""The blueprint of accounts, and helpers for its views."""

from typing import Any, cast

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue, RouteCallable
from flask_login import login_required
from werkzeug.exceptions import HTTPException

from wiki.accounts.forms import AccountForm
from wiki.accounts.redirects import safe_path
from wiki.web.base_url import current_url
from wiki.web.security_headers import keep_private

accounts = Blueprint("accounts", __name__, url_prefix="/account")
accounts.after_request(keep_private)


def signed_in_only(view: RouteCallable) -> RouteCallable:
    """Flask-Login’s `login_required` with type annotations."""
    return cast(RouteCallable, login_required(view))


def return_path() -> str | None:
    """The value of `next` for links to sign-in: where to return to afterwards, or `None`."""
    if request.blueprint == accounts.name:
        return safe_path(_sent("next"))
    path = safe_path(current_url())
    return None if path == f"{request.script_root}/" else path


def next_page() -> str:
    """The page that the person came from, or the front page."""
    return safe_path(_sent("next")) or url_for("hub.front")


def _sent(name: str) -> str:
    """A value from the form or the query string; only from the latter if the form can’t be read."""
    try:
        return request.values.get(name, "")
    except HTTPException:
        return request.args.get(name, "")


def form_page(template: str, form: AccountForm, **context: Any) -> ResponseReturnValue:
    """The page of a form, with the form’s own HTTP status."""
    page = render_template(template, form=form, **context)
    return page, form.status, {"Retry-After": str(form.wait)} if form.wait else {}
