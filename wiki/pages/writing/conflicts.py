"""Conflicts of an edit with later revisions."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from wiki.database import db
from wiki.pages.merging.merge import MergeResult
from wiki.pages.writing.content import Content, merge_contents
from wiki.pages.writing.revision_store import load_content, load_content_or_empty


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit merged with the current revision `number`; `merged` has mine in each overlap."""

    number: int
    merge: MergeResult
    mine: Content
    theirs: Content
    merged: Content


class EditConflict(RuntimeError):
    """Somebody else changed the same lines; nothing was stored."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(f"page changed by revision {conflict.number}")
        self.conflict = conflict


def conflict_with(page_id: int, number: int, mine: Content, base_number: int | None) -> Conflict:
    """The merge of `mine`, based on revision `base_number`, with revision `number`.

    Raises `RevisionNotFound`.
    """
    session: Session = db.session()
    theirs = load_content(session, page_id, number)
    base = load_content_or_empty(session, page_id, base_number)
    merged, merge = merge_contents(base, mine, theirs)
    return Conflict(number, merge, mine, theirs, merged)
