"""Error pages: the status and the message of each named exception, and nowhere else.

Every one of them returns what the reader had typed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from wiki.access.decorators import Forbidden
from wiki.access.groups.membership import GroupNotFound
from wiki.access.permissions import can_write_at, current_viewer
from wiki.accounts.errors import (
    SignInNeeded,
    TokenError,
    TokenForbidden,
    TokenRefused,
    UserNotFound,
)
from wiki.accounts.messages import token_refused
from wiki.app_state import current_settings
from wiki.database import StorageUnavailable, db
from wiki.database.errors import outage_reason
from wiki.files.errors import ContentMissing, FileNotThere, StoreUnavailable
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused, clean_path, clean_title, title_of_path
from wiki.pages.errors import PageNotFound, RevisionErased, RevisionNotFound
from wiki.pages.queries.page_queries import pages_below, restorable_page_at, similar_pages
from wiki.pages.sections import SectionNotFound
from wiki.pages.writing.drafts import DraftNotFound
from wiki.rate_limits import LimitReached, limiter
from wiki.rate_limits.messages import limit_messages, wait_message
from wiki.web.base_url import WrongHost, current_url
from wiki.web.pagination import NoSuchListPage, Pagination
from wiki.web.request_values import prefers_json
from wiki.web.storage_messages import outage_message
from wiki.web.strict_utf8 import NotUTF8
from wiki.webserver.body_pending import discard_body

# Fields whose content is somebody's work, and those that say on which revision it is based.
# Passwords are never returned.
TEXT_FIELDS = ("title", "text", "summary", "tags", "kind", "status", "path", "minor")
CONTEXT_FIELDS = (
    *("page_id", "base_revision", "section", "draft_key", "began_with", "mine", "revision"),
    *("subtree", "links", "containing", "everywhere", "name", "task"),
)
DATABASE_RETRY_AFTER = 5  # seconds after which a database that was busy may have time
# What may be sent without being signed in; everything else that is sent needs a session.
ANONYMOUS_BLUEPRINTS = ("accounts", "hub")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """How an error is shown: status, what happened, what to do."""

    status: int
    title: Any
    message: Any
    advice: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


_SIGN_IN_AGAIN = _l(
    "Sign in again in another tab of this browser, then return here and press Save."
)

ERROR_PAGES: dict[type[Exception], ErrorPage] = {
    RevisionNotFound: ErrorPage(
        404,
        _l("No such revision"),
        _l("This page has no revision with that number."),
        _l("Its history lists all of them."),
    ),
    RevisionErased: ErrorPage(
        410,
        _l("Erased"),
        _l("The text of this revision has been erased permanently."),
        _l("The page’s history says who erased it and why."),
    ),
    SectionNotFound: ErrorPage(
        409,
        _l("The section is gone"),
        _l("The page no longer has the section you were editing, so your text wasn’t saved."),
        _l("Copy your text, open the whole page and paste it where it belongs."),
    ),
    DraftNotFound: ErrorPage(
        404,
        _l("No such draft"),
        _l("You have no draft with that number. It may have been saved or discarded."),
    ),
    UserNotFound: ErrorPage(
        404,
        _l("No such user"),
        _l("There is nobody with that name here."),
        _l("Names must be spelled as they appear in page histories and recent changes."),
    ),
    GroupNotFound: ErrorPage(
        404,
        _l("No such group"),
        _l("There is no group at this address, or you aren’t in it."),
    ),
    FileNotThere: ErrorPage(
        404,
        _l("No such file"),
        _l("There is no file at this address."),
        _l("It may have been deleted. Have a look in the file library."),
    ),
    ContentMissing: ErrorPage(
        503,
        _l("This file is unavailable"),
        _l("Its content is missing from storage."),
        _l("Please tell an administrator: it may have to be restored from a backup."),
    ),
    StoreUnavailable: ErrorPage(
        503,
        _l("Files are unavailable"),
        _l("The file storage is full or doesn’t respond."),
        _l("Try again in a few seconds."),
    ),
    NoSuchListPage: ErrorPage(
        404,
        _l("No such page of the list"),
        _l("This list has no page with that number."),
        _l("Start at its first page."),
    ),
    Forbidden: ErrorPage(
        403,
        _l("Not allowed"),
        _l("Your account may read here, but not do this."),
        _l("An administrator can give your account more rights."),
    ),
    SignInNeeded: ErrorPage(
        401,
        _l("You are signed out"),
        _l("Your session had ended, so this wasn’t saved."),
        _SIGN_IN_AGAIN,
    ),
    CSRFError: ErrorPage(
        400,
        _l("This form is no longer valid"),
        _l("It belongs to another session, or cookies are disabled, so nothing was saved."),
        _l("If you are signed in, press Save again. If not, sign in in another tab first."),
    ),
    NotUTF8: ErrorPage(
        400,
        _l("Not valid text"),
        _l("What you sent isn’t valid UTF-8 text, so nothing was saved."),
        _l("Go back: your browser still has what you typed."),
    ),
    RequestEntityTooLarge: ErrorPage(
        413,
        _l("Too large"),
        _l("What you sent is larger than this wiki accepts."),
        _l("Go back: your browser still has it. Then split it into several pages."),
    ),
}

_PAGE_DELETED = ErrorPage(
    404,
    _l("The page was deleted"),
    _l("Somebody deleted it while you were writing, so your text wasn’t saved."),
    _l("You can save it as a new page, or bring the old page back first."),
)

_PAGE_GONE = ErrorPage(
    404,
    _l("The page is gone"),
    _l("There is no page at this address any more, so your text wasn’t saved."),
    _l("Copy it from here, or save it as a new page somewhere else."),
)

HTTP_ERROR_PAGES: dict[int, ErrorPage] = {
    400: ErrorPage(400, _l("Bad request"), _l("The request was incomplete or malformed.")),
    401: ErrorPage(401, _l("Sign in first"), _l("You need to be signed in to see this.")),
    403: ErrorPage(403, _l("Not allowed"), _l("You don’t have permission to see or do this.")),
    404: ErrorPage(
        404,
        _l("Not found"),
        _l("There is no page at this address."),
        _l("Search for it, or start at the front page."),
    ),
    405: ErrorPage(
        405, _l("Method not allowed"), _l("This address doesn’t accept this kind of request.")
    ),
    500: ErrorPage(
        500,
        _l("Something went wrong"),
        _l("This is our mistake, and it has been logged."),
        _l("Please try again. If you were writing, your text is below."),
    ),
    503: ErrorPage(503, _l("Temporarily unavailable"), _l("Try again in a few seconds.")),
}


def init_app(app: Flask) -> None:
    for kind in ERROR_PAGES:
        app.register_error_handler(kind, _handler_for(kind))
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(RequestEntityTooLarge, show_too_large)
    app.register_error_handler(TokenRefused, show_token_refused)
    app.register_error_handler(TokenForbidden, show_token_refused)
    app.register_error_handler(WrongHost, show_wrong_host)
    app.register_error_handler(PageNotFound, show_missing_page)
    app.register_error_handler(NameRefused, show_missing_page)
    app.register_error_handler(StorageUnavailable, show_storage_unavailable)
    app.register_error_handler(DBAPIError, show_database_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(LimitReached, show_limit_reached)
    app.register_error_handler(RateLimitExceeded, show_view_limit_reached)
    app.register_error_handler(Exception, show_unexpected_error)


def _handler_for(kind: type[Exception]) -> Callable[[Exception], ResponseReturnValue]:
    return lambda _error: render_error(ERROR_PAGES[kind])


def render_error(
    page: ErrorPage, *, save_at: str = "", is_whole: bool = False
) -> ResponseReturnValue:
    """The response for `page`, as HTML or JSON.

    `save_at` is where the form with the typed text is sent, by default the URL of this request.
    With `is_whole` the form is returned even if nothing was typed into it.
    """
    if prefers_json():
        words = f"{page.message} {page.advice}" if is_whole else str(page.message)
        return {"error": words}, page.status, page.headers
    return (
        render_template(
            "errors/error.html",
            status=page.status,
            title=page.title,
            message=page.message,
            advice=page.advice,
            actions=_actions(page),
            kept=_submitted_fields(goes_on=not save_at, is_whole=is_whole),
            kept_url=save_at or current_url(),
        ),
        page.status,
        page.headers,
    )


def _submitted_fields(*, goes_on: bool = True, is_whole: bool = False) -> dict[str, str]:
    """What was typed into the form of this request; empty if it can't be read.

    An empty field is kept too: somebody may have emptied it. Of a conflict that `goes_on`, the
    choices are kept and not the text, which has one side's words in every overlap.
    """
    if request.method != "POST" or request.blueprint == "accounts":
        return {}
    try:
        names = [name for name in (*TEXT_FIELDS, *CONTEXT_FIELDS) if name in request.form]
        if goes_on and request.form.get("action") == "resolve":
            choices = [name for name in request.form if name.startswith(("choice-", "own-"))]
            names = [name for name in names if name != "text"] + ["action", *choices]
        typed = {name: request.form[name] for name in names}
    except HTTPException:
        return {}
    is_typed = any(typed.get(name) for name in ("text", "title", "summary"))
    return typed if is_typed or is_whole else {}


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
    """An expired session invalidates its token: then say that the session has ended."""
    is_signed_out = not _is_signed_in() and request.blueprint not in ANONYMOUS_BLUEPRINTS
    return render_error(ERROR_PAGES[SignInNeeded if is_signed_out else CSRFError])


def show_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Read the rest of the body, or the browser would show a broken connection."""
    discard_body(request.environ)
    return render_error(ERROR_PAGES[RequestEntityTooLarge])


def show_token_refused(error: TokenError) -> ResponseReturnValue:
    """What is wrong with an access token, also in the words of RFC 6750."""
    is_refused = isinstance(error, TokenRefused)
    status, code = (401, "invalid_token") if is_refused else (403, "insufficient_scope")
    title = _l("Access token not accepted") if is_refused else HTTP_ERROR_PAGES[403].title
    told = {"WWW-Authenticate": f'Bearer realm="wiki", error="{code}"'}
    return render_error(ErrorPage(status, title, token_refused(error.reason), headers=told))


def show_wrong_host(_error: WrongHost) -> ResponseReturnValue:
    """The wiki's own address: a bookmark or a proxy uses another one."""
    base = current_settings().base_url
    message = _l("The host of this request is not a valid address.")
    if base:
        g.wrong_host = base
        message = _l("This wiki is only available at %(address)s.", address=base)
    return render_error(ErrorPage(400, _l("Wrong address"), message))


def show_missing_page(error: Exception) -> ResponseReturnValue:
    """Offer to write the missing page or bring it back, and list similar ones."""
    viewer = current_viewer()
    path = (request.view_args or {}).get("path", "")
    try:
        title = clean_title(title_of_path(path))
        clean_path(path)
        # U+FFFD stands for bytes that aren't text: nobody wants a page of that name.
        is_possible = "\ufffd" not in path
    except NameRefused:
        title, is_possible = "", False
    can_write = is_possible and can_write_at(viewer, path)
    if "text" in _submitted_fields(goes_on=False):
        if can_write:
            return render_error(_PAGE_DELETED, save_at=url_for("pages.new", path=path))
        return render_error(_PAGE_GONE)
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
    """Why the database can't be used, and what to do."""
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
    """What is limited and how long to wait; the form is returned with what was typed."""
    title, message = limit_messages(reached)
    advice, wait = wait_message(reached.wait), {"Retry-After": str(reached.wait)}
    return render_error(ErrorPage(429, title, message, advice, wait), is_whole=True)


def show_view_limit_reached(_error: RateLimitExceeded) -> ResponseReturnValue:
    """The same for the limit of a view."""
    limit = limiter.current_limit
    return show_limit_reached(LimitReached(limit.reset_at - time.time() if limit else 1))


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    page = HTTP_ERROR_PAGES.get(error.code)
    if page is None:
        page = ErrorPage(error.code, error.name, error.description or "")
    return render_error(page)


def show_unexpected_error(error: Exception) -> ResponseReturnValue:
    """A bug: logged, shown without details, and nothing typed is lost."""
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("Unexpected error at %s", request.path, exc_info=error)
    db.session.rollback()
    return render_error(HTTP_ERROR_PAGES[500])
