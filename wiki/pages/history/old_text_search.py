"""Finds removed text: words in old revisions that the current text no longer contains."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db
from wiki.pages.models import Page, Revision, Text
from wiki.pages.writing.text_store import decompress_text
from wiki.search.analysis.folding import fold_in_place
from wiki.web.request_values import MAX_ID

MAX_SECONDS = 1.5  # for reading in one request; the rest takes another one
TEXTS_PER_BATCH = 100  # in memory at once
MAX_MATCHES = 30  # pages in one answer


@dataclass(frozen=True, slots=True)
class OldTextMatch:
    """The last revision of a page that contained the words, with its Markdown.

    `gone_in` is the number of the next readable revision, which no longer contains them.
    """

    revision_id: int
    page_id: int
    path: str
    title: str
    number: int
    gone_in: int
    author: str | None
    created_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class OldTextResults:
    """The matches; `resume` is the `before` to continue with, 0 if everything was read."""

    found: tuple[OldTextMatch, ...]
    resume: int


def search_old_texts(
    viewer: Viewer, wanted: Sequence[Sequence[str]], *, before: int = 0
) -> OldTextResults:
    """Search old revisions, newest first, for texts with one phrase of each group in `wanted`.

    Only pages that exist for `viewer`; erased texts are not found. For each page, returns the last
    revision that contained them, if the current text doesn’t. To continue a search, pass its
    `resume` as `before`.
    """
    wanted = [[fold_in_place(phrase) for phrase in group] for group in wanted]
    if not wanted:
        return OldTextResults((), 0)
    last = before = min(before, MAX_ID)
    end = time.monotonic() + MAX_SECONDS
    found: list[OldTextMatch] = []
    settled: set[int] = set()  # pages for which nothing older is shown
    seen: dict[str, bool] = {}
    while rows := _next_revisions(viewer, last):
        for row in rows:
            last = row.revision_id
            if row.page_id not in settled and _is_seen_to_hold(row, wanted, seen):
                settled.add(row.page_id)
                if not row.is_current and not (before and _held_later(row, before, wanted)):
                    found.append(_match_of(row))
            if time.monotonic() > end or len(found) >= MAX_MATCHES:
                return OldTextResults(tuple(found), last)
    return OldTextResults(tuple(found), 0)


def _next_revisions(viewer: Viewer, before: int) -> Sequence[Any]:
    """The next revisions to read, newest first, each with its text."""
    query = (
        select(
            Revision.id.label("revision_id"),
            Revision.page_id,
            Page.path,
            Revision.title,
            Revision.number,
            (Revision.number == Page.revision_count).label("is_current"),
            User.username.label("author"),
            Revision.created_at,
            Revision.text_hash,
            Text.body,
            Text.is_compressed,
        )
        .join(Page, Page.id == Revision.page_id)
        .join(Text, and_(Text.hash == Revision.text_hash, Text.erased_at.is_(None)))
        .outerjoin(User, User.id == Revision.author_id)
        .where(visible_to(viewer, Page))
        .order_by(Revision.id.desc())
        .limit(TEXTS_PER_BATCH)
    )
    return db.session.execute(query.where(Revision.id < before) if before else query).all()


def _held_later(row: Any, before: int, wanted: Sequence[Sequence[str]]) -> bool:
    """Whether a later text of the page, which an earlier part of this search read, contains the
    words.

    If there are very many, only the nearest ones and the current one are checked.
    """
    later = (
        select(Text.body, Text.is_compressed)
        .join(Revision, Revision.text_hash == Text.hash)
        .join(Page, Page.id == Revision.page_id)
        .where(
            Revision.page_id == row.page_id,
            Revision.id >= before,
            or_(
                Revision.number <= row.number + TEXTS_PER_BATCH,
                Revision.number == Page.revision_count,
            ),
            Text.erased_at.is_(None),
        )
        .order_by(Revision.number)
    )
    return any(_holds(each, wanted) for each in db.session.execute(later))


def _next_readable(row: Any) -> int:
    """The number of the next revision that was not erased; the current one never is."""
    number: int = db.session.execute(
        select(func.min(Revision.number))
        .join(Text, and_(Text.hash == Revision.text_hash, Text.erased_at.is_(None)))
        .where(Revision.page_id == row.page_id, Revision.number > row.number)
    ).scalar_one()
    return number


def _is_seen_to_hold(row: Any, wanted: Sequence[Sequence[str]], seen: dict[str, bool]) -> bool:
    """Whether a text contains the words; a text shared by several revisions is searched once."""
    if row.text_hash not in seen:
        seen[row.text_hash] = _holds(row, wanted)
    return seen[row.text_hash]


def _holds(row: Any, wanted: Sequence[Sequence[str]]) -> bool:
    text = fold_in_place(decompress_text(row.body, row.is_compressed))
    return all(any(phrase in text for phrase in group) for group in wanted)


def _match_of(row: Any) -> OldTextMatch:
    return OldTextMatch(
        row.revision_id,
        row.page_id,
        row.path,
        row.title,
        row.number,
        _next_readable(row),
        row.author,
        row.created_at,
        decompress_text(row.body, row.is_compressed),
    )
