"""Beginning a thread about a page: where exactly, and what is said."""

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
    """A thread about the place `wanted`. Raises `CommentRefused`, `ThreadNotFound`, `Forbidden`."""
    return start_thread(viewer, page.id, anchor_on(page, wanted), message)


def anchor_on(page: Page, wanted: Anchor) -> Anchor:
    """`wanted` as it is on the page, or was at the revision that it was read in.

    Raises `CommentRefused`.
    """
    wanted = _storable(wanted)
    if len(wanted.quote) > QUOTE_LIMIT:
        raise CommentRefused("quote-too-long")
    anchor = current_text(page.id).anchor_of(wanted)
    if anchor is not None:
        return _as_stored(replace(anchor, revision=page.revision_count))
    # Somebody else saved while this was written: it is about the version that was read.
    if wanted.revision and (before := text_as_of(page, wanted.revision)):
        anchor = before.anchor_of(wanted)
    if anchor is None:
        raise CommentRefused("no-such-words" if wanted.quote else "no-such-section")
    return _as_stored(anchor)


def _as_stored(anchor: Anchor) -> Anchor:
    """`anchor` with no more of a heading than is stored, by which it is found again."""
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
    """Level, id and text of each heading of a page as it is now."""
    outline = db.session.scalar(select(Rendering.outline).where(Rendering.page_id == page_id))
    return outline or []
