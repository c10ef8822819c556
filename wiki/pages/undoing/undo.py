"""Undoes one edit: its changes are reverted, later ones stay."""

from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.writing.conflicts import Conflict, conflict_with
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, SaveResult, save_edit


class UndoRefused(ValueError):
    """The revision can’t be undone.

    `reason` is `created` for the first revision, and `nothing` for one that did not change the
    content, such as a deletion or a rename that only changed the path.
    """

    def __init__(self, reason: Literal["created", "nothing"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """A page’s current content, and the merge of the reverted content with it.

    If the merge is clean, `merged` is the resulting content.
    """

    now: Content
    conflict: Conflict

    @property
    def is_clean(self) -> bool:
        """Whether no later change conflicts."""
        return self.conflict.merge.is_clean


def plan_undo(page_id: int, number: int, onto: int) -> UndoPlan:
    """The effect of undoing revision `number` on revision `onto`.

    Raises `UndoRefused`, `RevisionNotFound`, `RevisionErased`.
    """
    session: Session = db.session()
    now = load_content(session, page_id, onto)
    mine = _reverted(session, page_id, number, now)
    return UndoPlan(now, conflict_with(page_id, onto, mine, number))


def undo_revision(page_id: int, number: int, *, by: User | None, summary: str = "") -> SaveResult:
    """Revert the changes of revision `number` in a new revision.

    This is a three-way merge of the previous revision with the current one; the base is revision
    `number`. Raises `EditConflict` if the same lines were changed since (nothing is stored then),
    `UndoRefused`, `RevisionNotFound`, `RevisionErased`, `PageNotFound`, `NameRefused`,
    `StorageUnavailable`.
    """
    session: Session = db.session()
    current = session.scalar(select(Page.revision_count).where(Page.id == page_id))
    if current is None:
        raise PageNotFound
    mine = _reverted(session, page_id, number, load_content(session, page_id, current))
    return save_edit(page_id, Edit(mine, number, summary, undoes=number), by=by)


def _reverted(session: Session, page_id: int, number: int, now: Content) -> Content:
    undone = load_content(session, page_id, number)
    if number == 1:
        raise UndoRefused("created")
    before = load_content(session, page_id, number - 1)
    if before == undone:
        raise UndoRefused("nothing")
    return revert_content(before, undone, now)


def revert_content(before: Content, undone: Content, now: Content) -> Content:
    """`before`, but with the title, kind and fields of `undone` that have been changed since."""

    def value(name: str) -> str:
        is_newer = getattr(now, name) != getattr(undone, name)
        found: str = getattr(undone if is_newer else before, name)
        return found

    fields = {}
    for name in {**undone.fields, **before.fields}:
        is_newer = now.fields.get(name) != undone.fields.get(name)
        if (kept := (undone if is_newer else before).fields.get(name)) is not None:
            fields[name] = kept
    return replace(before, title=value("title"), kind=value("kind"), fields=fields)
