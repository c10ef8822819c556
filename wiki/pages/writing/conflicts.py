"""Conflicts of an edit with revisions made since it was begun."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db
from wiki.pages.merging.merge import MergeResult
from wiki.pages.models import Revision
from wiki.pages.writing.content import Content, merge_contents
from wiki.pages.writing.store import load_content, load_content_or_empty


@dataclass(frozen=True, slots=True)
class RevisionInfo:
    """A revision as a conflict shows it."""

    number: int
    author: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit merged with the current revision; `merged` has mine in each overlap."""

    current: RevisionInfo
    merge: MergeResult
    mine: Content
    theirs: Content
    merged: Content


class EditConflict(RuntimeError):
    """Somebody changed the same lines meanwhile; nothing was stored."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(f"page changed by revision {conflict.current.number}")
        self.conflict = conflict


def conflict_with(page_id: int, number: int, mine: Content, base_number: int | None) -> Conflict:
    """The merge of `mine`, begun from revision `base_number`, with revision `number`.

    Raises `RevisionNotFound`.
    """
    session: Session = db.session()
    theirs = load_content(session, page_id, number)
    base = load_content_or_empty(session, page_id, base_number)
    merged, merge = merge_contents(base, mine, theirs)
    info = _revision_info(session, page_id, number)
    return Conflict(info, merge, mine, theirs, merged)


def _revision_info(session: Session, page_id: int, number: int) -> RevisionInfo:
    row = session.execute(
        select(Revision.number, User.username, Revision.created_at)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.page_id == page_id, Revision.number == number)
    ).one()
    return RevisionInfo(row.number, row.username, row.created_at)
