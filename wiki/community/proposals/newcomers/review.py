"""Review of edits by new people: what they save becomes a proposal.

Somebody on review has the rights of a reader, so that no way of writing is left open, and proposes
instead.
"""

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from wiki.access.permissions import EDIT_REVIEW, current_viewer
from wiki.app_state import AppState
from wiki.database import db
from wiki.hub_settings.definitions import InvalidValue, SettingSection, define_text
from wiki.i18n import lazy as _l
from wiki.pages.models import Revision

MOST_NEEDED = 1_000  # edits; the highest setting


def _parse_count(written: str) -> int:
    if not (written.isascii() and written.isdecimal()) or int(written[:9]) > MOST_NEEDED:
        raise InvalidValue(_l("Enter a whole number from 0 to %(most)s.", most=MOST_NEEDED))
    return int(written)


REVIEW_NEW_PEOPLE = define_text(
    "review_new_people",
    _l("Edits by new people that are reviewed first"),
    section=SettingSection.NEW_PEOPLE,
    hint=_l(
        "Until that many of their edits have been accepted, what new people save becomes a "
        "proposal that mentors find in the queue. 0: none."
    ),
    parse=_parse_count,
    default=0,
)

# By user id: the number of edits that they are known to have; nobody becomes new again.
_KNOWN = AppState[dict[int, int]]("reviewed_people", dict)
_EDITOR = {
    "pages.edit": "proposals.propose",
    "pages.save": "proposals.send",
    "pages.new": "proposals.new",
    "pages.save_new": "proposals.send_new",
}


def init_app(app: Flask) -> None:
    """Register `EDIT_REVIEW`, and turn edits of new people into proposals if it is on."""
    EDIT_REVIEW.put(app, is_on_review)
    app.before_request(redirect_to_proposal)


def is_on_review(user_id: int) -> bool:
    """Whether this user, who is neither mentor nor administrator, still counts as new."""
    needed = REVIEW_NEW_PEOPLE.current()
    if not needed or _KNOWN.current().get(user_id, 0) >= needed:
        return False
    asked: dict[int, bool] = g.setdefault("on_review", {})
    if user_id not in asked:
        count = count_edits(user_id, needed)
        if count >= needed:
            _KNOWN.current()[user_id] = count
        asked[user_id] = count < needed
    return asked[user_id]


def count_edits(user_id: int, limit: int) -> int:
    """The number of this user's own revisions, including accepted proposals, up to `limit`."""
    own = select(Revision.id).where(Revision.author_id == user_id, Revision.cause_id.is_(None))
    return db.session.scalar(select(func.count()).select_from(own.limit(limit).subquery())) or 0


def redirect_to_proposal() -> ResponseReturnValue | None:
    """Redirect from the editor to that of proposals, with everything that was typed."""
    endpoint = _EDITOR.get(request.endpoint or "")
    if endpoint is None or not current_viewer().is_on_review:
        return None
    address = url_for(endpoint, **(request.view_args or {}))
    query = request.query_string.decode("latin-1")
    # With 307, the browser posts the form again to the other URL.
    return redirect(f"{address}?{query}" if query else address, 307)
