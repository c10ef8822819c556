"""Error pages, with the messages of `wiki.error_pages.texts`; each gives back what was typed."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from wiki.access.decorators import Forbidden
from wiki.access.permissions import can_write_at, current_viewer
from wiki.accounts.blocking.blocks import Blocked, block_of_user
from wiki.accounts.blocking.models import Block
from wiki.accounts.errors import (
    SignInNeeded,
    TokenError,
    TokenRefused,
)
from wiki.accounts.messages import token_refused
from wiki.app_state import current_settings
from wiki.database import StorageUnavailable, db
from wiki.database.errors import outage_reason
from wiki.error_pages.block_message import block_message
from wiki.error_pages.preserved_form import is_save, preserved_fields
from wiki.error_pages.texts import ERROR_PAGES, HTTP_ERROR_PAGES, PAGE_DELETED, PAGE_GONE, ErrorPage
from wiki.hub_settings.current import ask_no_more
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused, clean_path, clean_title, title_of_path
from wiki.pages.errors import PageNotFound, RevisionErased, RevisionNotFound
from wiki.pages.queries.page_queries import pages_below, restorable_page_at
from wiki.pages.reading.similar_pages import similar_pages
from wiki.rate_limits import LimitReached, limiter
from wiki.rate_limits.cost_budget import OverBudget
from wiki.rate_limits.messages import budget_advice, limit_messages, wait_message
from wiki.web.base_url import WrongHost, current_url
from wiki.web.pagination import NoSuchListPage, Pagination
from wiki.web.programs.api_requests import is_api_request
from wiki.web.programs.problems import problem_response
from wiki.web.request_values import prefers_json
from wiki.web.storage_messages import outage_message
from wiki.webserver.body_pending import discard_body

DATABASE_RETRY_AFTER = 5  # seconds after which a busy database may respond again
# Forms that may be sent without a session; all others require one.
ANONYMOUS_BLUEPRINTS = ("accounts", "hub")


def init_app(app: Flask) -> None:
    for kind in ERROR_PAGES:
        app.register_error_handler(kind, _handler_for(kind))
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(RequestEntityTooLarge, show_too_large)
    app.register_error_handler(Forbidden, show_forbidden)
    app.register_error_handler(Blocked, lambda error: show_block(error.block))
    app.register_error_handler(TokenError, show_token_error)
    app.register_error_handler(WrongHost, show_wrong_host)
    app.register_error_handler(PageNotFound, show_missing_page)
    app.register_error_handler(NameRefused, show_missing_page)
    app.register_error_handler(StorageUnavailable, show_storage_unavailable)
    app.register_error_handler(DBAPIError, show_database_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(LimitReached, show_limit_reached)
    app.register_error_handler(OverBudget, show_over_budget)
    app.register_error_handler(RateLimitExceeded, show_view_limit_reached)
    app.register_error_handler(Exception, show_unexpected_error)


def _handler_for(kind: type[Exception]) -> Callable[[Exception], ResponseReturnValue]:
    return lambda _error: render_error(ERROR_PAGES[kind])


def render_error(
    page: ErrorPage, *, save_at: str = "", is_whole: bool = False
) -> ResponseReturnValue:
    """The response for `page`, as HTML or JSON.

    `save_at` is the URL to which the form with the typed text is sent, by default that of this
    request. With `is_whole`, the form is returned even if nothing was typed.
    """
    if is_api_request():
        return _problem(page)
    if prefers_json():
        words = f"{page.message} {page.advice}" if is_whole else str(page.message)
        return {"error": words}, page.status, page.headers
    kept = preserved_fields(goes_on=not save_at, is_whole=is_whole)
    return (
        render_template(
            "errors/error.html",
            status=page.status,
            title=page.title,
            message=page.message,
            advice=page.advice,
            actions=_actions(page),
            kept=kept,
            is_save=is_save(kept),
            kept_url=save_at or current_url(),
        ),
        page.status,
        page.headers,
    )


def _problem(page: ErrorPage) -> ResponseReturnValue:
    """The error for an API client, which has no form to send again."""
    title, detail, headers = str(page.title), str(page.message), dict(page.headers)
    if page.status == 401 and "WWW-Authenticate" not in headers:
        title, detail = _("Not signed in"), _("Send an access token: Authorization: Bearer …")
        headers["WWW-Authenticate"] = 'Bearer realm="wiki"'
    if page.status in (413, 500):  # their messages are about forms
        detail = ""
    return problem_response(page.status, title, detail, headers=headers)


def _actions(page: ErrorPage) -> list[tuple[Any, str]]:
    if "wrong_host" in g:
        return [(_l("Go there"), g.wrong_host)]
    front = (_l("Front page"), url_for("hub.front"))
    if page.status in (400, 401) and not _is_signed_in():
        back = current_url() if request.blueprint == "pages" else None
        return [(_l("Sign in"), url_for("accounts.login", next=back)), front]
    if page is ERROR_PAGES[NoSuchListPage]:
        return [(_l("First page"), Pagination(1, 1, 0).url(1)), front]
    if page in (ERROR_PAGES[RevisionNotFound], ERROR_PAGES[RevisionErased]):
        path, deleted = (request.view_args or {}).get("path", ""), request.args.get("deleted")
        return [(_l("History"), url_for("pages.history", path=path, deleted=deleted)), front]
    return [front]


def _is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def show_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Say that the session has expired, if that is why the token is invalid."""
    is_signed_out = not _is_signed_in() and request.blueprint not in ANONYMOUS_BLUEPRINTS
    return render_error(ERROR_PAGES[SignInNeeded if is_signed_out else CSRFError])


def show_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The error for a body that is too large.

    The rest of the body is read; otherwise the browser would show a broken connection.
    """
    discard_body(request.environ)
    return render_error(ERROR_PAGES[RequestEntityTooLarge])


def show_token_error(error: TokenError) -> ResponseReturnValue:
    """What is wrong with an access token, also in the header of RFC 6750."""
    is_refused = isinstance(error, TokenRefused)
    status, code = (401, "invalid_token") if is_refused else (403, "insufficient_scope")
    title = _l("Access token not accepted") if is_refused else HTTP_ERROR_PAGES[403].title
    headers = {"WWW-Authenticate": f'Bearer realm="wiki", error="{code}"'}
    return render_error(ErrorPage(status, title, token_refused(error.reason), headers=headers))


def show_forbidden(_error: Forbidden) -> ResponseReturnValue:
    """That the person may not do this; people who are blocked are told why."""
    viewer = current_viewer()
    block = block_of_user(viewer.user_id) if viewer.is_blocked and viewer.user_id else None
    return show_block(block) if block else render_error(ERROR_PAGES[Forbidden])


def show_block(block: Block) -> ResponseReturnValue:
    """Why somebody may not write, and until when; what they typed is given back."""
    return render_error(ErrorPage(403, _l("Blocked"), *block_message(block)))


def show_wrong_host(_error: WrongHost) -> ResponseReturnValue:
    """The wiki’s actual URL, since a bookmark or a proxy uses another one."""
    base = current_settings().base_url
    message = _l("The host of this request isn’t a valid address.")
    if base:
        g.wrong_host = base
        message = _l("This wiki is only available at %(address)s.", address=base)
    return render_error(ErrorPage(400, _l("Wrong address"), message))


def show_missing_page(error: Exception) -> ResponseReturnValue:
    """Offer to create or restore the missing page, and list similar ones."""
    if is_api_request():
        return _problem(HTTP_ERROR_PAGES[404])
    viewer = current_viewer()
    path = (request.view_args or {}).get("path", "")
    try:
        title = clean_title(title_of_path(path))
        clean_path(path)
        # U+FFFD replaces invalid bytes, so the name is not a real one.
        is_possible = "\ufffd" not in path
    except NameRefused:
        title, is_possible = "", False
    can_write = is_possible and can_write_at(viewer, path)
    kept = preserved_fields(goes_on=False)
    if any(field.is_long or field.name == "text" for field in kept):
        is_page = any(field.name == "text" for field in kept) and request.blueprint == "pages"
        if can_write and is_page:  # a comment is no page
            return render_error(PAGE_DELETED, save_at=url_for("pages.new", path=path))
        return render_error(PAGE_GONE)
    gone = restorable_page_at(viewer, path) if is_possible else None
    return (
        render_template(
            "pages/reading/missing.html",
            path=path,
            title=gone.title if gone else title or _l("No page here"),
            can_write=can_write,
            is_possible=is_possible,
            has_below=is_possible and bool(pages_below(viewer, path, limit=1)),
            similar=similar_pages(viewer, path) if is_possible else [],
            deleted=gone,
        ),
        404,
    )


def show_storage_unavailable(error: StorageUnavailable) -> ResponseReturnValue:
    """Why the database can’t be used, and what to do."""
    ask_no_more()
    is_reading = request.method in ("GET", "HEAD")
    title = (
        HTTP_ERROR_PAGES[503].title if is_reading else _l("Not saved: the database is unavailable")
    )
    wait = {"Retry-After": str(DATABASE_RETRY_AFTER)}
    return render_error(ErrorPage(503, title, *outage_message(error.reason), headers=wait))


def show_database_error(error: DBAPIError) -> ResponseReturnValue:
    """A database that is busy, read-only, full or offline; anything else is a bug."""
    reason = outage_reason(error)
    if reason is None:
        return show_unexpected_error(error)
    db.session.rollback()
    # The error page would look up the user again, and fail in the same way.
    g._login_user = AnonymousUserMixin()
    current_app.logger.exception("Database unavailable: %s", reason)
    return show_storage_unavailable(StorageUnavailable(reason))


def show_limit_reached(reached: LimitReached) -> ResponseReturnValue:
    """What is limited and how long to wait; what was typed is given back."""
    title, message = limit_messages(reached)
    advice, wait = wait_message(reached.wait), {"Retry-After": str(reached.wait)}
    return render_error(ErrorPage(429, title, message, advice, wait), is_whole=True)


def show_view_limit_reached(_error: RateLimitExceeded) -> ResponseReturnValue:
    """Like `show_limit_reached`, for the limit of a view."""
    limit = limiter.current_limit
    return show_limit_reached(LimitReached(limit.reset_at - time.time() if limit else 1))


def show_over_budget(over: OverBudget) -> ResponseReturnValue:
    """That anonymous requests cost too much now; people who sign in need not wait."""
    title, message = limit_messages(LimitReached(over.wait, "costs"))
    status, wait = 429 if over.is_own else 503, {"Retry-After": str(over.wait)}
    return render_error(ErrorPage(status, title, message, budget_advice(over.wait), wait))


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """All other HTTP errors."""
    if error.code is None or error.code < 400:
        return error
    page = HTTP_ERROR_PAGES.get(error.code)
    if page is None:
        page = ErrorPage(error.code, error.name, error.description or "")
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        page = replace(page, headers={"Allow": ", ".join(sorted(error.valid_methods))})
    return render_error(page)


def show_unexpected_error(error: Exception) -> ResponseReturnValue:
    """A bug: logged, shown without details, and what was typed is given back."""
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("Unexpected error at %s", request.path, exc_info=error)
    db.session.rollback()
    return render_error(HTTP_ERROR_PAGES[500])
