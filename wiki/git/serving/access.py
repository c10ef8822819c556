"""Who may clone what, and how many requests are served at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from flask import Response
from flask_login import current_user
from werkzeug.exceptions import HTTPException, NotFound

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_propose, current_viewer
from wiki.accounts.errors import TokenForbidden
from wiki.accounts.tokens.models import TokenScope
from wiki.app_state import AppState, current_settings
from wiki.git.mirror.audiences import PUBLIC, Audience, audience_of
from wiki.git.mirror.mirror_state import STATE_FILE, MirrorState, open_state
from wiki.git.mirror.mirror_updater import is_current
from wiki.i18n import lazy as _l

SLOTS = 2  # responses built at a time in a process, which has four threads
UNSENT = 8  # responses on disk that clients haven't finished downloading
RETRY_AFTER = "5"  # seconds

_NEEDS_TOKEN = _l(
    "Sign in with an access token as the password; any user name will do. Create one in your "
    "account under Access tokens."
)
_MAKING = _l("The repository is being prepared. Try again in a moment.")
_BUSY_PUSH = _l("Somebody else is pushing at this moment. Try again in a moment.")
_BUSY = _l("Many people are cloning at this moment. Try again in a moment.")

_PUSHING = AppState[threading.Lock]("git_pushing", threading.Lock)
_SLOTS = AppState[threading.BoundedSemaphore](
    "git_slots", lambda: threading.BoundedSemaphore(SLOTS)
)
_UNSENT = AppState[threading.BoundedSemaphore](
    "git_unsent", lambda: threading.BoundedSemaphore(UNSENT)
)


class GitHTTPError(HTTPException):
    """An error whose text Git shows as it is. It has no `code`, so no error page is made of it."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str]) -> None:
        answer = Response(f"{words}\n", status, headers, mimetype="text/plain")
        super().__init__(response=answer)


class TokenNeeded(GitHTTPError):
    """Makes Git ask for a username and a password."""

    def __init__(self) -> None:
        challenge = {"WWW-Authenticate": 'Basic realm="wiki", charset="UTF-8"'}
        super().__init__(401, str(_NEEDS_TOKEN), challenge)


class GitServerBusy(GitHTTPError):
    """The server is busy; the client should try again in a moment."""

    def __init__(self, words: str) -> None:
        super().__init__(503, words, {"Retry-After": RETRY_AFTER})


class MirrorNotReady(GitServerBusy):
    """The mirror is being rewritten, since it may hold something that was erased or hidden."""

    def __init__(self) -> None:
        super().__init__(str(_MAKING))


def readable_audience(name: str) -> Audience:
    """The audience of a repository that the current viewer may clone.

    A hidden repository answers like a missing one. Raises `TokenNeeded`, `NotFound`.
    """
    viewer = current_viewer()
    audience = audience_of(name) if current_settings().git else None
    if audience is None:
        raise NotFound
    if not _may_clone(viewer, audience):
        if viewer.is_member:
            raise NotFound
        raise TokenNeeded
    return audience


def pushable_audience(name: str) -> Audience:
    """The audience of a repository that the current viewer may push proposals to.

    Raises `TokenNeeded`, `NotFound`, `TokenForbidden`, `Forbidden`.
    """
    if current_settings().git and not current_viewer().is_member:
        raise TokenNeeded
    audience = readable_audience(name)
    if current_user.scope == TokenScope.READ:
        raise TokenForbidden(TokenScope.WRITE)
    if not can_propose(current_viewer()):
        raise Forbidden
    return audience


def _may_clone(viewer: Viewer, audience: Audience) -> bool:
    is_open = audience is PUBLIC and current_settings().history == "everybody"
    return audience.includes(viewer) and (is_open or (viewer.is_member and not viewer.is_blocked))


@contextmanager
def current_state(audience: Audience) -> Iterator[MirrorState]:
    """The state of a mirror that holds nothing hidden or erased.

    Raises `MirrorNotReady`, also if a pack is merged with others while it is being read.
    """
    if not (audience.folder / STATE_FILE).exists():
        raise MirrorNotReady
    with open_state(audience.folder) as state:
        if not is_current(state):
            raise MirrorNotReady
        try:
            yield state
        except FileNotFoundError as error:
            raise MirrorNotReady from error


@contextmanager
def one_push() -> Iterator[None]:
    """Allows one push at a time in a process, since its body may take much memory.

    Raises `GitServerBusy`.
    """
    lock = _PUSHING.current()
    if not lock.acquire(blocking=False):
        raise GitServerBusy(str(_BUSY_PUSH))
    try:
        yield
    finally:
        lock.release()


class Slot:
    """One of the responses that may be built at a time; release it once it is built."""

    def __init__(self) -> None:
        self._slots, self._unsent = _SLOTS.current(), _UNSENT.current()
        if not self._slots.acquire(blocking=False):
            raise GitServerBusy(str(_BUSY))
        if not self._unsent.acquire(blocking=False):
            self._slots.release()
            raise GitServerBusy(str(_BUSY))

    def release(self, when_sent: list[Callable[[], None]] | None) -> None:
        """Free the slot. The server calls `when_sent` once the client has the response."""
        self._slots.release()
        if when_sent is None:
            self._unsent.release()
        else:
            when_sent.append(self._unsent.release)
