"""Starts a thread about a place on a page."""

from dataclasses import replace

from sqlalchemy import select

from wiki.access.permissions import Viewer
from wiki.community.discussion.anchoring.anchors import HEADING_LIMIT, Anchor
from wiki.community.discussion.anchoring.page_texts import current_text, text_as_of
from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.models import QUOTE_LIMIT
from wiki.community.discussion.write import CommentInput, PostedComment, start_thread
from wiki.database import db
from wiki.pages.models import Page, Rendering
from wiki.pages.writing.text_store import storable


def begin_thread(
    viewer: Viewer, page: Page, wanted: Anchor, message: CommentInput
) -> PostedComment:
    """Start a thread at `wanted`. Raises `CommentRefused`, `ThreadNotFound`, `Forbidden`."""
    return start_thread(viewer, page.id, anchor_on(page, wanted), message)


def anchor_on(page: Page, wanted: Anchor) -> Anchor:
    """`wanted` as it is on the page now, or else in the revision that `wanted` names.

    Raises `CommentRefused` if it is in neither.
    """
    wanted = _storable(wanted)
    if len(wanted.quote) > QUOTE_LIMIT:
        raise CommentRefused("quote-too-long")
    anchor = current_text(page.id).anchor_of(wanted)
    if anchor is not None:
        return _as_stored(replace(anchor, revision=page.revision_count))
    # Somebody else saved in the meantime: the comment is about the revision that was read.
    if wanted.revision and (before := text_as_of(page, wanted.revision)):
        anchor = before.anchor_of(wanted)
    if anchor is None:
        raise CommentRefused("no-such-words" if wanted.quote else "no-such-section")
    return _as_stored(anchor)


def _as_stored(anchor: Anchor) -> Anchor:
    """`anchor` with its heading cut to the length that is stored."""
    heading, text = anchor.heading[:HEADING_LIMIT], anchor.heading_text[:HEADING_LIMIT]
    return replace(anchor, heading=heading, heading_text=text)


def _storable(wanted: Anchor) -> Anchor:
    return replace(
        wanted,
        heading=storable(wanted.heading),
        quote=storable(wanted.quote),
        before=storable(wanted.before),
        after=storable(wanted.after),
    )


def outline_of(page_id: int) -> list[list[object]]:
    """The `[level, id, text]` of each heading on the current page."""
    outline = db.session.scalar(select(Rendering.outline).where(Rendering.page_id == page_id))
    return outline or []
