"""Authenticates before the request body is read.

A body from somebody who may not send it could fill the disk even of a members-only wiki, so it
is refused after its headers. Two kinds are still read: short bodies that arrived together with
the headers, and forms from a device on which somebody has been signed in. Their session may have
ended while they were writing, and their text has to be returned to them.
"""

from flask import Flask, request, session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from wiki.access.decorators import Forbidden
from wiki.access.permissions import can_edit_somewhere, current_viewer
from wiki.accounts.authentication import device_cookies
from wiki.accounts.errors import SignInNeeded
from wiki.accounts.tokens.bearer import READING_POSTS
from wiki.webserver.body_pending import PENDING, await_body

# Forms that need no sign-in and contain no page text.
PUBLIC_FORMS = frozenset(
    {
        "accounts.confirm_address",
        "accounts.forgotten_password",
        "accounts.login",
        "accounts.login_code",
        "accounts.passkey_login",
        "accounts.logout",
        "accounts.new_password",
        "accounts.openid_register",
        "accounts.register",
        "api.create_session",
        "hub.theme",
        "reports.csp_report",
        "search.missed",
        "watching.unsubscribe_now",
        *READING_POSTS,
    }
)
PUBLIC_FORM_LIMIT = 1_000_000  # bytes; a long text pasted as a name still gets an error page
# Bytes read from an anonymous client, if they arrived with the headers.
SHORT_BODY_LIMIT = 64 * 1024
PUSH_LIMIT = 20_000_000  # bytes of a Git push with a token
_PUSHES = frozenset({"git.receive_pack"})
# Uploads, where no typed text could be lost.
_FILES = frozenset({"files.receive", "api.add_file"})


def init_app(app: Flask) -> None:
    """Must be called before CSRF protection, which reads forms."""
    app.before_request(authenticate_before_body)


def authenticate_before_body() -> None:
    """Refuse the request before its body is read.

    Raises `SignInNeeded`, `Forbidden`, `RequestEntityTooLarge`, `BodyPending`.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint is None:
        return
    try:
        _check_sender()
    except (SignInNeeded, Forbidden, RequestEntityTooLarge):
        # The error page would read the form to preserve it.
        request.form, request.files = ImmutableMultiDict(), ImmutableMultiDict()
        raise
    await_body(request.environ, request.max_content_length)


def _check_sender() -> None:
    if request.endpoint in PUBLIC_FORMS:
        request.max_content_length = PUBLIC_FORM_LIMIT
    elif not current_viewer().is_member:
        if request.endpoint in _FILES or not (_is_here() or _was_here()):
            raise SignInNeeded
    elif request.endpoint in _FILES and not can_edit_somewhere(current_viewer()):
        raise Forbidden
    elif request.endpoint in _PUSHES:
        request.max_content_length = PUSH_LIMIT
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _is_here() -> bool:
    """Whether the body is short and has arrived with the headers."""
    size = request.content_length or SHORT_BODY_LIMIT + 1
    return PENDING not in request.environ and size <= SHORT_BODY_LIMIT


def _was_here() -> bool:
    return "_user_id" in session or device_cookies.is_known_to_anybody()
