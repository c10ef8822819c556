"""Erases texts and phrases from discussions: comments, their previous versions, and anchors."""

from collections.abc import Collection
from itertools import groupby
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from wiki.community.discussion.anchoring.anchors import HEADING_LIMIT
from wiki.community.discussion.models import Comment, CommentVersion, Thread
from wiki.database import in_batches
from wiki.markup import render
from wiki.markup.headings import slug_of_heading
from wiki.pages.erasure.erase_references import is_in_heading
from wiki.pages.models import Revision, Text
from wiki.pages.writing.text_store import decompress_text
from wiki.redact import REDACTION, ErasedPhrase

_PLACES: tuple[tuple[Select[Any], tuple[str, ...]], ...] = (
    (select(Thread), ("heading", "heading_text", "quote", "before", "after")),
    (select(Comment), ("text", "erased_why")),
    (select(CommentVersion), ("text",)),
)


class TextsOfDiscussions:
    """The `wiki.pages.erasure.text_holders.TextHolder` of discussions."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Erase the phrase everywhere; without one, erase what anchors quote of the texts."""
        count = _erase_phrase(session, phrase) if phrase else _forget_places(session, hashes)
        session.flush()
        return count


def _erase_phrase(session: Session, phrase: ErasedPhrase) -> int:
    count = 0
    for query, names in _PLACES:
        for row in session.scalars(query.execution_options(yield_per=500)):
            held = [name for name in names if phrase.is_in(getattr(row, name))]
            for name in held:
                setattr(row, name, phrase.redacted(getattr(row, name)))
            if held and isinstance(row, Comment):
                row.slotted = row.renderer = ""  # rendered again on reading
            is_held = bool(held)
            if isinstance(row, Thread) and is_in_heading(phrase, row.heading):
                # The id that the page's heading now has, if it is derived from its text.
                row.heading, is_held = slug_of_heading(row.heading_text) or REDACTION, True
            count += is_held
    return count


def _forget_places(session: Session, hashes: Collection[str]) -> int:
    """Erase quotes of these texts from anchors, and headings that the page no longer has."""
    count = 0
    for batch in in_batches(hashes):
        about = (
            select(Thread)
            .join(
                Revision,
                (Revision.page_id == Thread.page_id) & (Revision.number == Thread.revision_number),
            )
            .where(
                Revision.text_hash.in_(batch), or_(Thread.quote != "", Thread.heading_text != "")
            )
            .order_by(Thread.page_id)
        )
        for page_id, threads in groupby(session.scalars(about), lambda thread: thread.page_id):
            left = _headings_left(session, page_id, hashes)
            for thread in threads:
                is_left = (thread.heading, thread.heading_text) in left
                count += bool(thread.quote) or not is_left
                thread.quote = thread.before = thread.after = ""
                if not is_left:
                    thread.heading = thread.heading_text = ""
    return count


def _headings_left(
    session: Session, page_id: int | None, hashes: Collection[str]
) -> set[tuple[str, str]]:
    """The `(id, text)` of headings in the page's newest text that isn't erased."""
    row = session.execute(
        select(Revision.path, Text.body, Text.is_compressed)
        .join(Text, Text.hash == Revision.text_hash)
        .where(
            Revision.page_id == page_id,
            Revision.text_hash.not_in(hashes),
            Text.erased_at.is_(None),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()
    if row is None:
        return set()
    rendered = render(decompress_text(row.body, row.is_compressed), path=row.path)
    return {(part.id[:HEADING_LIMIT], part.heading[:HEADING_LIMIT]) for part in rendered.sections}
