"""Recent changes as an Atom feed (RFC 4287)."""

from hashlib import sha256
from uuid import UUID, uuid5

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.extensions import utcnow
from wiki.pages.history import live_changes
from wiki.pages.views.blueprint import pages

FEED_LENGTH = 50  # entries


@pages.get("/changes.atom")
def changes_feed() -> ResponseReturnValue:
    entries = live_changes(current_viewer(), limit=FEED_LENGTH)
    updated = entries[0].created_at if entries else utcnow()
    body = render_template(
        "pages/changes.atom",
        entries=entries,
        updated=updated,
        id_of=_id_of,
        self_url=url_for(".changes_feed", _external=True),
    )
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    # No time of change beside the tag: a deletion takes entries out and leaves the times.
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _id_of(name: str) -> str:
    """A URN (RFC 9562) for a thing of this wiki, the same at every address it is asked at."""
    settings = current_app.extensions["nexus"]
    # Of the key only its hash is told, and of that a part.
    wiki = sha256(f"nexus feed {settings.base_url or settings.secret_key}".encode())
    return uuid5(UUID(bytes=wiki.digest()[:16]), name).urn
