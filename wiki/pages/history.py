"""What happened to pages: histories, recent changes, a person's contributions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from wiki.access import Viewer, visible_to
from wiki.accounts.models import User
from wiki.extensions import db
from wiki.pages.errors import RevisionNotFound
from wiki.pages.models import Page, Revision, Text
from wiki.pages.texts import unpack


@dataclass(frozen=True, slots=True)
class Change:
    """One revision in a list: of a page, of everything, or of a person."""

    page_id: int
    title: str
    path: str
    kind: str
    number: int
    action: str
    author: str | None
    created_at: datetime
    summary: str
    is_minor: bool
    size: int  # characters
    delta: int  # characters more than the revision before
    is_current: bool


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision with its text."""

    number: int
    action: str
    author: str | None
    created_at: datetime
    summary: str
    title: str
    kind: str
    tags: tuple[str, ...]
    fields: dict[str, Any]
    text: str
    erased_why: str | None = None  # why the text was erased, when it was


def _changes(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    before = aliased(Revision)
    query: Select[*tuple[Any, ...]] = (
        select(
            Revision.page_id,
            Revision.title,
            Page.path,
            Revision.kind,
            Revision.number,
            Revision.action,
            User.username.label("author"),
            Revision.created_at,
            Revision.summary,
            Revision.is_minor,
            Revision.size,
            (Revision.size - func.coalesce(before.size, 0)).label("delta"),
            (Revision.number == Page.revision_count).label("is_current"),
        )
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(User, User.id == Revision.author_id)
        .outerjoin(
            before, (before.page_id == Revision.page_id) & (before.number == Revision.number - 1)
        )
        .where(visible_to(viewer, Page))
    )
    return query


def page_history(viewer: Viewer, page_id: int, *, offset: int, limit: int) -> list[Change]:
    """Revisions of a page, the newest first."""
    query = _changes(viewer).where(Revision.page_id == page_id).order_by(Revision.number.desc())
    return _run(query, offset, limit)


def recent_changes(viewer: Viewer, *, offset: int = 0, limit: int) -> list[Change]:
    """Revisions of every page, the newest first."""
    return _run(_changes(viewer).order_by(Revision.id.desc()), offset, limit)


def contributions(viewer: Viewer, user_id: int, *, offset: int = 0, limit: int) -> list[Change]:
    """What a person wrote, the newest first."""
    query = _changes(viewer).where(Revision.author_id == user_id).order_by(Revision.id.desc())
    return _run(query, offset, limit)


def count_changes(viewer: Viewer, *, author_id: int | None = None) -> int:
    query = (
        select(func.count())
        .select_from(Revision)
        .join(Page, Page.id == Revision.page_id)
        .where(visible_to(viewer, Page))
    )
    if author_id is not None:
        query = query.where(Revision.author_id == author_id)
    return db.session.scalar(query) or 0


def _run(query: Select[*tuple[Any, ...]], offset: int, limit: int) -> list[Change]:
    rows = db.session.execute(query.offset(offset).limit(limit))
    return [Change(**row._asdict()) for row in rows]


def revisions(page_id: int, numbers: Sequence[int]) -> list[RevisionView]:
    """Revisions of a page with their texts, in the order asked for.

    The caller has asked whether the viewer may see the page. Raises `RevisionNotFound`.
    """
    rows = db.session.execute(
        select(
            Revision.number,
            Revision.action,
            User.username.label("author"),
            Revision.created_at,
            Revision.summary,
            Revision.title,
            Revision.kind,
            Revision.tags,
            Revision.fields,
            Text.body,
            Text.is_compressed,
            Text.erased_at,
            Text.erased_why,
        )
        .join(Text, Text.hash == Revision.text_hash)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.page_id == page_id, Revision.number.in_(numbers))
    )
    found = {row.number: _revision(row._asdict()) for row in rows}
    try:
        return [found[number] for number in numbers]
    except KeyError as missing:
        raise RevisionNotFound(*missing.args) from None


def _revision(row: dict[str, Any]) -> RevisionView:
    text = unpack(row.pop("body"), row.pop("is_compressed"))
    if row.pop("erased_at") is None:
        row["erased_why"] = None
    return RevisionView(**{**row, "tags": tuple(row["tags"])}, text=text)


def texts_backwards(page_id: int) -> Iterator[tuple[int, str]]:
    """`(number, text)` of a page's revisions, the newest first, read as they are asked for."""
    rows = db.session.execute(
        select(Revision.number, Text.body, Text.is_compressed)
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page_id, Text.erased_at.is_(None))
        .order_by(Revision.number.desc())
        .execution_options(yield_per=50)
    )
    for row in rows:
        yield row.number, unpack(row.body, row.is_compressed)


def authorship(page_id: int, numbers: Collection[int]) -> dict[int, tuple[str | None, datetime]]:
    """Author and time of these revisions of a page, by number."""
    rows = db.session.execute(
        select(Revision.number, User.username, Revision.created_at)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.page_id == page_id, Revision.number.in_(numbers))
    )
    return {row.number: (row.username, row.created_at) for row in rows}
