"""Recent changes as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID, uuid5

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.app_state import current_settings
from wiki.database import utcnow
from wiki.pages.blueprint import pages
from wiki.pages.history.forms import ChangesForm
from wiki.pages.history.recent_changes import ChangeGroup, live_changes

FEED_LENGTH = 50  # entries


@pages.get("/changes.atom")
def changes_feed() -> ResponseReturnValue:
    """Takes the same filters as `/changes`."""
    form = ChangesForm(request.args)
    if not form.validate():
        abort(400)
    events = live_changes(current_viewer(), form.change_filter(), limit=FEED_LENGTH)
    response = Response(_feed(form, events), content_type="application/atom+xml; charset=utf-8")
    # No Last-Modified beside the tag: a deletion removes entries and leaves the times.
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _feed(form: ChangesForm, events: Sequence[ChangeGroup]) -> str:
    return render_template(
        "pages/history/changes.atom",
        events=events,
        updated=events[0].change.created_at if events else utcnow(),
        id_of=_id_of,
        self_url=url_for(".changes_feed", _external=True, **form.query),
        list_url=url_for(".changes", _external=True, **form.query),
    )


def _id_of(name: str) -> str:
    """A URN (RFC 9562) for something in this wiki, independent of the URL at which it is read."""
    settings = current_settings()
    # Only a part of the key's hash is disclosed.
    wiki = sha256(f"nexus feed {settings.base_url or settings.secret_key}".encode())
    return uuid5(UUID(bytes=wiki.digest()[:16]), name).urn
