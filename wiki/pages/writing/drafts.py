"""Drafts: what a person is writing, kept on the server until it is saved or thrown away.

An editor that is opened anew writes a draft of its own, so that none takes the place of another.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from wiki.access import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db, utcnow, write_transaction
from wiki.naming import TITLE_LIMIT, path_key
from wiki.pages.models import Draft, Page
from wiki.pages.writing.texts import clean_text

DRAFTS_LIMIT = 200  # drafts of one person; the oldest go, or a script could fill the disk
TEXTS_LIMIT = 20_000_000  # characters of all drafts of one person; the newest stays
FIELD_LIMIT = 1000  # characters of any field but the text
KEY_LIMIT = 500  # characters
SECTION_LIMIT = 200  # characters


class DraftNotFound(LookupError):
    """This person has no such draft."""


@dataclass(frozen=True, slots=True)
class DraftFields:
    """The fields of the editor as they stand, checked by nobody."""

    text: str
    title: str = ""
    path: str = ""
    kind: str = "page"
    status: str = ""
    tags: str = ""
    summary: str = ""
    section: str = ""
    base_revision: int | None = None
    key: str = ""  # of the draft this editor writes


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """That a draft is stored: its id and when."""

    id: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A draft in a list, with the page it is of as it is now."""

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
        """Whether the page was changed since the draft was begun."""
        return self.revision_count is not None and self.revision_count != self.base_revision


def new_key() -> str:
    """A key for the draft of an editor that is opened."""
    return secrets.token_urlsafe(9)


def key_of_draft(draft: Draft) -> str:
    """The key of the editor that wrote a draft; empty when it had none."""
    what, _, rest = draft.target.partition(":")
    return rest if what == "new" else rest.partition(":")[2]


def target_of(page_id: int | None, typed: DraftFields) -> str:
    """What a draft is of: a page or a new one, and the editor it was typed into.

    An editor without a key has one draft of each page or section, and of each new title.
    """
    key = _clean(typed.key, KEY_LIMIT)
    if page_id is None:
        return f"new:{key or path_key(_clean(typed.title, TITLE_LIMIT))[:KEY_LIMIT]}"
    if key:
        return f"page:{page_id}:{key}"
    section = _clean(typed.section, SECTION_LIMIT)
    return f"page:{page_id}#{section}" if section else f"page:{page_id}"


def _is_of(page_id: int | None, typed: DraftFields) -> ColumnElement[bool]:
    """The draft that `typed` goes on with. Its page may have gone, or be there by now."""
    target: ColumnElement[bool] = Draft.target == target_of(page_id, typed)
    if key := _clean(typed.key, KEY_LIMIT):
        target = or_(target, Draft.target.endswith(f":{key}", autoescape=True))
    return target


def keep_draft(by: User, page_id: int | None, typed: DraftFields) -> StoredDraft:
    """Store what was typed in place of what this editor kept before.

    Raises `TextTooLong`, `StorageUnavailable`.
    """
    text = clean_text(typed.text)
    user_id, now, target = by.id, utcnow(), target_of(page_id, typed)
    with write_transaction() as session:
        draft = _kept(user_id, page_id, typed)
        if draft is None:
            draft = Draft(user_id=user_id)
            session.add(draft)
        draft.target, draft.page_id = target, page_id
        draft.text = text
        for name in ("title", "path", "tags", "summary"):
            setattr(draft, name, _clean(getattr(typed, name), FIELD_LIMIT))
        draft.kind, draft.status = _clean(typed.kind, 32), _clean(typed.status, 32)
        draft.section = _clean(typed.section, SECTION_LIMIT)
        draft.base_revision, draft.saved_at = typed.base_revision, now
        session.flush()
        _drop_oldest(session, user_id)
        return StoredDraft(draft.id, now)


def _clean(text: str, limit: int) -> str:
    return clean_text(text[:limit])


def _drop_oldest(session: Session, user_id: int) -> None:
    newest = (Draft.saved_at.desc(), Draft.id.desc())
    size = func.length(Draft.text)
    before = func.sum(size).over(order_by=newest) - size
    kept = select(Draft.id, before.label("before")).where(Draft.user_id == user_id)
    ranked = kept.order_by(*newest).limit(DRAFTS_LIMIT).subquery()
    fitting = select(ranked.c.id).where(ranked.c.before < TEXTS_LIMIT)
    session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.id.not_in(fitting)))


def draft_of(by: User, draft_id: int) -> Draft:
    """One draft of this person. Raises `DraftNotFound`, for everybody else's as well."""
    query = select(Draft).where(Draft.id == draft_id, Draft.user_id == by.id)
    draft: Draft | None = db.session.scalar(query)
    if draft is None:
        raise DraftNotFound(draft_id)
    return draft


def stored_text(by: User, page_id: int, key: str) -> str:
    """What the editor with this key kept of a page last. Raises `DraftNotFound`."""
    draft = _kept(by.id, page_id, DraftFields(text="", key=key))
    if draft is None:
        raise DraftNotFound(key)
    return draft.text


def _kept(user_id: int, page_id: int | None, typed: DraftFields) -> Draft | None:
    target = target_of(page_id, typed)
    draft: Draft | None = db.session.scalar(
        select(Draft)
        .where(Draft.user_id == user_id, _is_of(page_id, typed))
        .order_by(Draft.target != target)
    )
    return draft


def drafts_for(by: User, page_id: int | None) -> Sequence[Draft]:
    """The drafts this person has of a page and its sections, or of new pages; newest first."""
    query = select(Draft).where(Draft.user_id == by.id, Draft.page_id.is_not_distinct_from(page_id))
    return db.session.scalars(query.order_by(Draft.saved_at.desc())).all()


def drafts_of(by: User, viewer: Viewer) -> Sequence[DraftInfo]:
    """A person's drafts, the newest first; of pages they can no longer see, the text alone."""
    rows = db.session.execute(
        select(
            Draft.id,
            Draft.title,
            Page.title.label("page_title"),
            Page.path.label("page_path"),
            Page.revision_count,
            Draft.base_revision,
            Draft.section,
            Draft.saved_at,
        )
        .outerjoin(Page, (Page.id == Draft.page_id) & visible_to(viewer, Page))
        .where(Draft.user_id == by.id)
        .order_by(Draft.saved_at.desc())
    )
    return [DraftInfo(**row._asdict()) for row in rows]


def drop_draft(by: User, draft_id: int) -> None:
    """Throw a draft away. Raises `DraftNotFound`."""
    user_id = by.id
    with write_transaction() as session:
        gone = session.execute(
            delete(Draft).where(Draft.id == draft_id, Draft.user_id == user_id).returning(Draft.id)
        ).all()
    if not gone:
        raise DraftNotFound(draft_id)


def forget_saved(session: Session, by: User | None, page_id: int, typed: DraftFields) -> None:
    """Inside the transaction of a save: throw away the draft of what is saved with it."""
    if by is None:
        return
    saved = or_(_is_of(page_id, typed), _is_of(None, typed))
    session.execute(delete(Draft).where(Draft.user_id == by.id, saved))
