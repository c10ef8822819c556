"""Drafts: unsaved texts, stored on the server until they are saved or discarded.

Each open editor has a key and its own draft, so that two editors of one page never overwrite each
other.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db, fetch_records, select_record, utcnow, write_transaction
from wiki.naming import TITLE_LIMIT, path_key
from wiki.pages.errors import TextTooLong
from wiki.pages.models import Draft, Page
from wiki.pages.writing.text_store import clean_text

MAX_DRAFTS = 200  # of one person; beyond, the oldest are deleted, or a script could fill the disk
MAX_TOTAL_TEXT = 20_000_000  # characters of all drafts of one person; the newest draft always stays
MAX_FIELDS_TEXT = 200_000  # bytes of all fields of kinds; saves allow fewer
MAX_DRAFT_KEY = 500  # characters
# Characters of each field except the text, by column.
MAX_FIELD_LENGTHS = {
    "title": 1000,
    "path": 1000,
    "tags": 1000,
    "summary": 1000,
    "section": 200,
    "kind": 32,
    "status": 32,
}


class DraftNotFound(LookupError):
    """This person has no such draft."""


class TooManyDrafts(ValueError):
    """The draft would replace an older one, which was not allowed."""


@dataclass(frozen=True, slots=True)
class DraftFields:
    """The editor’s fields as they were typed, unchecked; named like the columns of drafts."""

    text: str
    title: str = ""
    path: str = ""
    kind: str = "page"
    status: str = ""
    tags: str = ""
    summary: str = ""
    section: str = ""
    fields: Mapping[str, list[str]] = field(default_factory=dict)  # fields of kinds, by name
    base_revision: int | None = None
    draft_key: str = ""  # key of the editor


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft’s id, and the time when it was stored."""

    id: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A draft in a list, with the current state of its page."""

    id: int
    title: str
    page_title: str | None
    page_path: str | None
    revision_count: int | None
    base_revision: int | None
    section: str
    saved_at: datetime

    @property
    def is_behind(self) -> bool:
        """Whether the page has changed since the draft was begun."""
        return self.revision_count is not None and self.revision_count != self.base_revision


def new_draft_key() -> str:
    """A random key (72 bits) for a newly opened editor."""
    return secrets.token_urlsafe(9)


def draft_key_of(draft: Draft) -> str:
    """The key of the editor that wrote a draft; empty if it had none."""
    what, _, rest = draft.target.partition(":")
    return rest if what == "new" else rest.partition(":")[2]


def _target(page_id: int | None, draft_key: str, title: str, section: str) -> str:
    """The value of `Draft.target`: the page, or `new`, and the key of the editor.

    Without a key there is one draft for each page or section, and for each title of a new page.
    """
    key = _clean(draft_key, MAX_DRAFT_KEY)
    if page_id is None:
        return f"new:{key or path_key(_clean(title, TITLE_LIMIT))[:MAX_DRAFT_KEY]}"
    if key:
        return f"page:{page_id}:{key}"
    section = _clean(section, MAX_FIELD_LENGTHS["section"])
    return f"page:{page_id}#{section}" if section else f"page:{page_id}"


def _is_written_by(
    page_id: int | None, draft_key: str, title: str = "", section: str = ""
) -> ColumnElement[bool]:
    """A condition for the draft of one editor.

    Its page may have been deleted or created since the draft was begun.
    """
    condition: ColumnElement[bool] = Draft.target == _target(page_id, draft_key, title, section)
    if key := _clean(draft_key, MAX_DRAFT_KEY):
        condition = or_(condition, Draft.target.endswith(f":{key}", autoescape=True))
    return condition


def save_draft(
    by: User, page_id: int | None, fields: DraftFields, *, may_discard: bool = True
) -> StoredDraft:
    """Store a draft, replacing the previous one of this editor.

    If there is no room, the oldest drafts are deleted if `may_discard`. Raises `TextTooLong`,
    `TooManyDrafts`, `StorageUnavailable`.
    """
    text = clean_text(fields.text)
    clean_fields = {
        name: [clean_text(value) for value in values] for name, values in fields.fields.items()
    }
    size = sum(len(value.encode()) for values in clean_fields.values() for value in values)
    if size > MAX_FIELDS_TEXT:
        raise TextTooLong(MAX_FIELDS_TEXT, size)
    user_id, now = by.id, utcnow()
    editor = (page_id, fields.draft_key, fields.title, fields.section)
    with write_transaction() as session:
        draft = _find(user_id, *editor)
        if draft is None:
            draft = Draft(user_id=user_id)
            session.add(draft)
        draft.target, draft.page_id = _target(*editor), page_id
        draft.text = text
        for name, limit in MAX_FIELD_LENGTHS.items():
            setattr(draft, name, _clean(getattr(fields, name), limit))
        draft.fields = clean_fields
        draft.base_revision, draft.saved_at = fields.base_revision, now
        session.flush()
        if _discard_oldest(session, user_id) and not may_discard:
            raise TooManyDrafts
        return StoredDraft(draft.id, now)


def _clean(text: str, limit: int) -> str:
    return clean_text(text[:limit])


def _discard_oldest(session: Session, user_id: int) -> bool:
    """Delete drafts beyond the limits; returns whether there were any."""
    newest_first = (Draft.saved_at.desc(), Draft.id.desc())
    size = func.length(Draft.text) + func.length(cast(Draft.fields, Text))
    newer = func.sum(size).over(order_by=newest_first) - size
    drafts = select(Draft.id, newer.label("newer")).where(Draft.user_id == user_id)
    newest = drafts.order_by(*newest_first).limit(MAX_DRAFTS).subquery()
    fitting = select(newest.c.id).where(newest.c.newer < MAX_TOTAL_TEXT)
    others = (Draft.user_id == user_id, Draft.id.not_in(fitting))
    gone = session.execute(delete(Draft).where(*others).returning(Draft.id)).all()
    return bool(gone)


def get_draft(by: User, draft_id: int) -> Draft:
    """A draft of this person. Raises `DraftNotFound`, also for drafts of others."""
    query = select(Draft).where(Draft.id == draft_id, Draft.user_id == by.id)
    draft: Draft | None = db.session.scalar(query)
    if draft is None:
        raise DraftNotFound(draft_id)
    return draft


def draft_text(by: User, page_id: int, draft_key: str) -> str:
    """The text last stored by the editor with this key for a page. Raises `DraftNotFound`."""
    draft = _find(by.id, page_id, draft_key)
    if draft is None:
        raise DraftNotFound(draft_key)
    return draft.text


def _find(
    user_id: int, page_id: int | None, draft_key: str, title: str = "", section: str = ""
) -> Draft | None:
    editor = (page_id, draft_key, title, section)
    draft: Draft | None = db.session.scalar(
        select(Draft)
        .where(Draft.user_id == user_id, _is_written_by(*editor))
        .order_by(Draft.target != _target(*editor))
    )
    return draft


def drafts_of_page(by: User, page_id: int | None) -> Sequence[Draft]:
    """The person’s drafts for a page and its sections, or for new pages, newest first."""
    query = select(Draft).where(Draft.user_id == by.id, Draft.page_id.is_not_distinct_from(page_id))
    return db.session.scalars(query.order_by(Draft.saved_at.desc())).all()


def list_drafts(by: User, viewer: Viewer) -> Sequence[DraftInfo]:
    """A person’s drafts, newest first; without the page if they may no longer see it."""
    query = select_record(
        DraftInfo,
        Draft,
        page_title=Page.title,
        page_path=Page.path,
        revision_count=Page.revision_count,
    )
    query = (
        query.outerjoin(Page, (Page.id == Draft.page_id) & visible_to(viewer, Page))
        .where(Draft.user_id == by.id)
        .order_by(Draft.saved_at.desc())
    )
    return fetch_records(DraftInfo, query)


def discard_draft(by: User, draft_id: int) -> None:
    """Delete a draft. Raises `DraftNotFound`."""
    user_id = by.id
    with write_transaction() as session:
        gone = session.execute(
            delete(Draft).where(Draft.id == draft_id, Draft.user_id == user_id).returning(Draft.id)
        ).all()
    if not gone:
        raise DraftNotFound(draft_id)


def discard_saved_draft(
    session: Session,
    by: User | None,
    page_id: int,
    *,
    draft_key: str,
    title: str,
    section: str = "",
) -> None:
    """Delete the draft that is being saved, in the transaction of the save."""
    if by is None:
        return
    saved = or_(*(_is_written_by(target, draft_key, title, section) for target in (page_id, None)))
    session.execute(delete(Draft).where(Draft.user_id == by.id, saved))
