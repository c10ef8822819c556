"""Who sends something is asked who they are before any of it is read.

Whoever may write nothing sends nothing: a body that nobody wants would fill the disk even of a wiki
for members only. Only what has arrived already is looked at, and the form of somebody who
was signed in here before: their session may have ended while they were writing, and what they typed
has to come back.
"""

from flask import Flask, request, session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from wiki.access.decorators import Forbidden
from wiki.access.permissions import can_edit, current_viewer
from wiki.accounts.authentication import device_cookies
from wiki.accounts.errors import SignInNeeded
from wiki.webserver.body_pending import PENDING, await_body

# What is sent to these needs no sign-in, and is no text.
PUBLIC_FORMS = frozenset(
    {
        "accounts.login",
        "accounts.logout",
        "accounts.new_password",
        "accounts.register",
        "hub.theme",
        "reports.csp_report",
    }
)
PUBLIC_FORM_LIMIT = 1_000_000  # bytes; a long text that is pasted for a name gets its answer
SHORT_BODY_LIMIT = 64 * 1024  # bytes of what is read of strangers, if it has come along
# No text would be lost.
_FILES = frozenset({"files.receive"})


def init_app(app: Flask) -> None:
    """Before the check of tokens, which reads forms."""
    app.before_request(authenticate_before_body)


def authenticate_before_body() -> None:
    """Raises `SignInNeeded`, `Forbidden`, `RequestEntityTooLarge`, `BodyPending`."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint is None:
        return
    try:
        _check_sender()
    except (SignInNeeded, Forbidden, RequestEntityTooLarge):
        # The page that tells it would look for what was typed.
        request.form, request.files = ImmutableMultiDict(), ImmutableMultiDict()
        raise
    await_body(request.environ, request.max_content_length)


def _check_sender() -> None:
    if request.endpoint in PUBLIC_FORMS:
        request.max_content_length = PUBLIC_FORM_LIMIT
    elif not current_viewer().is_member:
        if request.endpoint in _FILES or not (_is_here() or _was_here()):
            raise SignInNeeded
    elif request.endpoint in _FILES and not can_edit(current_viewer()):
        raise Forbidden
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _is_here() -> bool:
    """Whether the body has come along with the head, or is short enough to wait for."""
    size = request.content_length or SHORT_BODY_LIMIT + 1
    return PENDING not in request.environ and size <= SHORT_BODY_LIMIT


def _was_here() -> bool:
    return "_user_id" in session or device_cookies.is_known_to_anybody()
