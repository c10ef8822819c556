"""What an erasure reaches in discussions: comments, their former versions, and what they quote."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from wiki.community.discussion.models import Comment, CommentVersion, Thread
from wiki.database import in_batches
from wiki.pages.models import Revision
from wiki.redact import ErasedPhrase

_PLACES: tuple[tuple[Select[Any], tuple[str, ...]], ...] = (
    (select(Thread), ("heading", "heading_text", "quote", "before", "after")),
    (select(Comment), ("text", "erased_why")),
    (select(CommentVersion), ("text",)),
)


class TextsOfDiscussions:
    """`wiki.pages.erasure.held_texts.TextHolder` of discussions."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Of a text without a phrase, what is quoted of it goes; comments are people's own."""
        count = _erase_phrase(session, phrase) if phrase else _forget_quotes(session, hashes)
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
                row.slotted = row.renderer = ""  # rendered again when it is read
            count += bool(held)
    return count


def _forget_quotes(session: Session, hashes: Collection[str]) -> int:
    count = 0
    for batch in in_batches(hashes):
        about = (
            select(Thread)
            .join(
                Revision,
                (Revision.page_id == Thread.page_id) & (Revision.number == Thread.revision_number),
            )
            .where(Revision.text_hash.in_(batch), Thread.quote != "")
        )
        for thread in session.scalars(about):
            thread.quote = thread.before = thread.after = ""
            count += 1
    return count
