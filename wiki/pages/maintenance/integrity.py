"""Consistency of the database: histories without gaps, undamaged texts, and derived rows that
match the current text of their page.

Everything that a save stores beside the revision (rendering, links, tags, the page's own row) can
be derived from it again, which `repair_problems` does. What a revision itself lacks can only come
from a backup.
"""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from wiki.database import FOR_CHANGE, db, is_postgresql, is_sqlite, write_transaction
from wiki.database.errors import outage_reason
from wiki.files.models import FileUse
from wiki.markup import RENDERER_VERSION, render
from wiki.naming import path_key
from wiki.pages.models import (
    ErrorFingerprint,
    Link,
    Page,
    Redirect,
    Rendering,
    Revision,
    Tag,
    Text,
)
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.error_fingerprints import fingerprints_of, store_fingerprints
from wiki.pages.writing.revision_store import (
    load_content,
    page_values,
    store_rendering,
    store_tags,
)
from wiki.pages.writing.text_store import decompress_text
from wiki.search.outbox import announce

PAGES_PER_BATCH = 100  # pages read at once

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class IntegrityProblem:
    """An inconsistency, with a message for people.

    `page_id` is the page with rows that can be derived again, `redirect` the key of a redirect to
    delete; a problem with neither can’t be repaired from stored data.
    """

    where: str
    what: str
    page_id: int | None = None
    redirect: str | None = None

    @property
    def is_repairable(self) -> bool:
        """Whether `nexus check --repair` can repair it from stored data."""
        return self.page_id is not None or self.redirect is not None


def find_problems(progress: Progress = lambda _done: None) -> list[IntegrityProblem]:
    """Every inconsistency in one snapshot of the database.

    Saves continue meanwhile. `progress` is called with the number of pages checked so far.
    """
    session: Session = db.session()
    session.rollback()
    if is_postgresql(session):
        # One snapshot for all statements; SQLite gives it to every transaction.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        problems = list(_storage(session))
        for look in (_texts, _numbers, _redirects):
            problems += look(session)
        problems += _pages(session, progress)
    except DatabaseError as error:
        if outage_reason(error) != "damaged":
            raise
        problems = [IntegrityProblem("the database", f"it can’t be read: {error.orig}")]
    finally:
        session.rollback()
    return problems


def repair_problems(problems: Iterable[IntegrityProblem]) -> None:
    """Repair everything that can be derived again. Raises `StorageUnavailable`."""
    mendable = [problem for problem in problems if problem.is_repairable]
    for page_id in dict.fromkeys(problem.page_id for problem in mendable):
        if page_id is not None:
            _derive_again(page_id)
    for problem in mendable:
        if problem.redirect is not None:
            with write_transaction() as session:
                session.execute(delete(Redirect).where(Redirect.key == problem.redirect))


def _derive_again(page_id: int) -> None:
    """Write the derived rows of a page again."""
    with write_transaction() as session:
        page = session.get_one(Page, page_id, with_for_update=FOR_CHANGE, populate_existing=True)
        content = load_content(session, page.id, page.revision_count)
        for name, value in page_values(content).items():
            setattr(page, name, value)
        store_rendering(session, page, derive(render(content.text, path=page.path)))
        store_tags(session, page, content.tags)
        store_fingerprints(session, page.id, content)
        announce(session, page.id, None, "revision")


def _storage(session: Session) -> Iterator[IntegrityProblem]:
    """Damage that SQLite finds in its file; PostgreSQL has its own tools."""
    if not is_sqlite(session):
        return
    for (said,) in session.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield IntegrityProblem("the database", str(said))
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield IntegrityProblem(
            "the database", f"row {row} of {table} refers to a missing row of {parent}"
        )


def _texts(session: Session) -> Iterator[IntegrityProblem]:
    """Texts with a key that is not their hash, so that damage on the disk is noticed."""
    rows = session.execute(
        select(Text.hash, Text.body, Text.is_compressed, Text.size)
        .where(Text.erased_at.is_(None))
        .execution_options(yield_per=PAGES_PER_BATCH)
    )
    broken = [row.hash for row in rows if not _is_whole(row)]
    for digest in broken:
        holders = session.execute(
            select(Page.id, Page.path, Revision.number)
            .join(Page, Page.id == Revision.page_id)
            .where(Revision.text_hash == digest)
        )
        for holder in holders:
            what = f"the text of revision {holder.number} is damaged"
            yield IntegrityProblem(_place(holder.id, holder.path), what)


def _is_whole(row: Any) -> bool:
    try:
        raw = decompress_text(row.body, row.is_compressed).encode()
    except (zlib.error, UnicodeDecodeError):
        return False
    return (hashlib.sha256(raw).hexdigest(), len(raw)) == (row.hash, row.size)


def _numbers(session: Session) -> Iterator[IntegrityProblem]:
    """Pages with revisions that are not numbered from 1 to `revision_count`."""
    count, highest = func.count(Revision.id), func.max(Revision.number)
    distinct = func.count(Revision.number.distinct())
    counted = (
        select(Page.id, Page.path, Page.revision_count, count.label("count"))
        .outerjoin(Revision, Revision.page_id == Page.id)
        .group_by(Page.id, Page.path, Page.revision_count)
    )
    wrong = or_(
        count == 0,
        count != Page.revision_count,
        highest != Page.revision_count,
        distinct != Page.revision_count,
        func.min(Revision.number) != 1,
    )
    for row in session.execute(counted.having(wrong)):
        what = f"it should have {row.revision_count} revisions numbered from 1; {row.count} found"
        yield IntegrityProblem(_place(row.id, row.path), what)
    parents = (
        select(Page.id, Page.path, Revision.number)
        .join(Page, Page.id == Revision.page_id)
        .where(
            or_(
                Revision.parent_number >= Revision.number,
                Revision.merged_number >= Revision.number,
            )
        )
    )
    for page_id, path, number in session.execute(parents):
        yield IntegrityProblem(_place(page_id, path), f"revision {number} comes before its parent")


def _redirects(session: Session) -> Iterator[IntegrityProblem]:
    """Redirects at the path of a page. Loops can’t occur, since redirects lead to pages."""
    rows = session.execute(
        select(Redirect.key, Redirect.path, Page.id.label("there"))
        .outerjoin(Page, and_(Page.key == Redirect.key, Page.deleted_at.is_(None)))
        .order_by(Redirect.key)
    )
    for row in rows:
        where = f"the redirect at {row.path}"
        if row.there is not None:
            yield IntegrityProblem(where, "a page has the same path and hides it", redirect=row.key)
        elif row.key != path_key(row.path):
            yield IntegrityProblem(where, "its key doesn’t match its path", redirect=row.key)


def _pages(session: Session, progress: Progress) -> Iterator[IntegrityProblem]:
    """Pages with derived rows that don’t match their current text."""
    rows = session.execute(
        select(Page, Revision, Text, Rendering)
        .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count))
        .join(Text, Text.hash == Revision.text_hash)
        .outerjoin(Rendering, Rendering.page_id == Page.id)
        .order_by(Page.id)
        .execution_options(yield_per=PAGES_PER_BATCH)
    )
    done = 0
    for part in rows.partitions():
        ids = [page.id for page, *_ in part]
        links = _keys(session, Link.from_page_id, Link.to_key, ids)
        tags = _keys(session, Tag.page_id, Tag.key, ids)
        files = _keys(session, FileUse.page_id, FileUse.file_id, ids)
        errors = _keys(session, ErrorFingerprint.page_id, ErrorFingerprint.hash, ids)
        for page, revision, stored, rendering in part:
            of_page = (links[page.id], tags[page.id], files[page.id], errors[page.id])
            beside = _DerivedRows(rendering, *of_page)
            for what, is_derived in _differences(page, revision, stored, beside):
                place = _place(page.id, page.path)
                yield IntegrityProblem(place, what, page_id=page.id if is_derived else None)
        done += len(part)
        progress(done)


def _keys(session: Session, owner: Any, key: Any, ids: Sequence[int]) -> dict[int, set[Any]]:
    """The keys by which the rows of a table (links, tags, files) refer to things, by page."""
    found: dict[int, set[Any]] = defaultdict(set)
    for page_id, name in session.execute(select(owner, key).where(owner.in_(ids))):
        found[page_id].add(name)
    return found


@dataclass(frozen=True, slots=True)
class _DerivedRows:
    """The rows derived from the current revision of a page."""

    rendering: Rendering | None
    links: set[str]
    tags: set[str]
    files: set[int]
    errors: set[str]


def _differences(
    page: Page, revision: Revision, stored: Text, beside: _DerivedRows
) -> Iterator[tuple[str, bool]]:
    """What differs, and whether it can be derived again from the revision."""
    if (page.path, page.key) != (revision.path, path_key(page.path)):
        yield f"its path differs from {revision.path}, that of its newest revision", False
    if page.deleted_at is None and revision.action == "delete":
        yield "its newest revision deleted it, but it still exists", False
    if stored.erased_at is not None:
        yield "its current text was erased", False
        return
    if not _is_whole(stored):
        return  # reported by `_texts`
    text_ = decompress_text(stored.body, stored.is_compressed)
    content = Content(
        revision.title, text_, revision.kind, tuple(revision.tags), dict(revision.fields)
    )
    row = page_values(content)
    for name in (name for name, value in row.items() if getattr(page, name) != value):
        yield f"its {name} differs from its newest revision", True
    if beside.tags != {path_key(tag) for tag in content.tags}:
        yield "its tags differ from its newest revision", True
    if beside.errors != fingerprints_of(content):
        yield "the fingerprints of its errors differ from its newest revision", True
    yield from ((what, True) for what in _unrendered(page, text_, beside))


def _unrendered(page: Page, text_: str, beside: _DerivedRows) -> Iterator[str]:
    """Derived rows that don’t match a rendering of the text."""
    if beside.rendering is None:
        yield "its text was never rendered"
        return
    rendered = render(text_, path=page.path)
    if beside.rendering.renderer != RENDERER_VERSION or not rendered.is_complete:
        return  # an older rendering is renewed when read; an unfinished one can't be compared
    derived = derive(rendered)
    if any(getattr(beside.rendering, name) != value for name, value in derived.columns.items()):
        yield "its rendering doesn’t match its text"
    if beside.links != derived.links.keys():
        yield "its links don’t match its text"
    if beside.files != derived.file_ids:
        yield "the files it uses don’t match its text"


def _place(page_id: int, path: str) -> str:
    return f"page {page_id} ({path})"
