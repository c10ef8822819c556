"""Streams the single-file hub with the pages that its reader may read."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

from flask import Response, request
from sqlalchemy import or_

from wiki.access.anonymous_limits import metered
from wiki.access.permissions import Viewer
from wiki.app_state import AppState, current_settings
from wiki.database import utcnow
from wiki.hub.transfer.single.hub_file import HubFile, HubOrigin
from wiki.hub.transfer.single.hub_id import hub_id
from wiki.identity.current import current_identity
from wiki.naming import path_key, slug_of
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.page_lists import ListedPage, pages_where
from wiki.rate_limits import Attempt, LimitReached, count_attempt

MAX_PAGES = 5_000  # in a downloaded file; the command has no limit
RATE = "10 per hour"  # per account; anonymous readers have a budget
WAIT = 20.0  # seconds until another file can probably be made
# Opened at the wiki's own origin, its script could act for the reader; so nothing in it runs there.
_POLICY = "sandbox; default-src 'none'"

# One at a time in a process, since it keeps a core busy for some seconds.
_MAKING = AppState[threading.Lock]("offline_making", threading.Lock)


class TooManyPagesForFile(ValueError):
    """There are more pages than a downloaded file may have."""


def pages_for(viewer: Viewer, below: str = "") -> list[ListedPage]:
    """The pages that `viewer` may read, optionally only the page at a path and those below it.

    Raises `PageNotFound` if there are none.
    """
    if not below:
        return pages_where(viewer)
    key = path_key(below)
    pages = pages_where(viewer, or_(Page.key == key, is_below(Page.key, key))) if key else []
    if not pages:
        raise PageNotFound(below)
    return pages


def hub_address() -> str:
    """The URL of the hub as the client of this request uses it."""
    return current_settings().base_url or request.url_root.rstrip("/")


def send_hub(viewer: Viewer, below: str) -> Response:
    """Stream the file. Raises `PageNotFound`, `TooManyPagesForFile`, `LimitReached`."""
    pages = pages_for(viewer, below)
    if len(pages) > MAX_PAGES:
        raise TooManyPagesForFile
    attempt = count_attempt(RATE, "offline", viewer.user_id) if viewer.is_member else Attempt()
    file, name = HubFile(viewer, pages, HubOrigin(hub_address(), hub_id())), _name()
    making = _MAKING.current()
    if not making.acquire(blocking=False):
        attempt.give_back()
        raise LimitReached(WAIT)
    done = ExitStack()
    done.callback(making.release)
    response = Response(metered(_sent(file, done)))
    response.call_on_close(done.close)  # even if nothing was sent
    response.mimetype = "text/html"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _sent(file: HubFile, done: ExitStack) -> Iterator[bytes]:
    with done:
        for piece in file.pieces():
            yield piece.encode()


def _name() -> str:
    return f"{slug_of(current_identity().name) or 'hub'}-{utcnow():%Y-%m-%d}.html"
