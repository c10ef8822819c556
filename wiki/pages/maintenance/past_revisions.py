"""Imports histories: revisions that were written elsewhere.

Only the last revision of each page is rendered, and nobody is notified of these changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.rulebook import lock_rules, raise_access_version, rule_in_force
from wiki.database import FOR_CHANGE, in_batches, write_transaction
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page
from wiki.pages.moving.mover import Move, move_pages
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import Derived
from wiki.pages.writing.error_fingerprints import store_fingerprints
from wiki.pages.writing.revision_store import (
    Provenance,
    append_revision,
    claim_path,
    load_content,
    store_rendering,
    store_tags,
)
from wiki.pages.writing.write import insert_page
from wiki.search.outbox import announce


@dataclass(frozen=True, slots=True)
class PastRevision:
    """A revision of `page`, which is the id of a page, or any name for a new one.

    Revisions with the same `change` were made together. Without `content`, the page was deleted.
    `derived` is given for the last revision of each page.
    """

    page: int | str
    change: str
    path: str
    content: Content | None
    origin: Provenance
    summary: str = ""
    derived: Derived | None = None


@dataclass(frozen=True, slots=True)
class PastResult:
    """The ids and current revision numbers of the pages, by the `page` of their `PastRevision`.

    If another page had the path of a revision and its own page is new or deleted, the revision was
    not written and is in `taken`; otherwise it is in `unmoved`, and the page stays where it is.
    """

    pages: Mapping[int | str, tuple[int, int]]
    taken: Sequence[PastRevision] = ()
    unmoved: Sequence[PastRevision] = ()


class HistoryChanged(RuntimeError):
    """A page is no longer at the revision to which others were to be added."""


@dataclass(slots=True)
class _Writing:
    """State while pages are being written."""

    session: Session
    pages: dict[int | str, Page]
    taken: list[PastRevision] = field(default_factory=list)
    unmoved: list[PastRevision] = field(default_factory=list)
    left: set[int | str] = field(default_factory=set)  # new pages that can't be written


def write_past_revisions(
    revisions: Sequence[PastRevision],
    onto: Mapping[int, int],
    *,
    begin: Callable[[Session], None],
    finish: Callable[[Session, Mapping[int | str, Page], Sequence[PastRevision]], None],
) -> PastResult:
    """Write revisions in one transaction.

    `onto` is the expected current revision number of each existing page. `begin` is called first,
    under the lock; `finish` last, with the pages and the revisions that were `taken`. Raises
    `HistoryChanged`, `StorageUnavailable` and what the callbacks raise; nothing is stored then.
    """
    with write_transaction() as session:
        begin(session)
        # Before the pages, in the same order as renames.
        if _may_change_access(session, revisions, onto):
            raise_access_version(session)
        else:  # data that depends on the rules stays valid
            lock_rules(session)
        writing = _Writing(session, _lock(session, onto))
        for _, changes in groupby(revisions, key=lambda each: each.change):
            _write_change(writing, list(changes))
        for page in writing.pages.values():
            is_gone = page.deleted_at is not None
            announce(session, page.id, None, "removal" if is_gone else "revision")
        finish(session, writing.pages, writing.taken)
        found = {key: (page.id, page.revision_count) for key, page in writing.pages.items()}
        return PastResult(found, writing.taken, writing.unmoved)


def _may_change_access(
    session: Session, revisions: Sequence[PastRevision], onto: Mapping[int, int]
) -> bool:
    """Whether an existing page is moved, deleted or restored, and may get another rule."""
    query = select(Page.id, Page.path).where(Page.deleted_at.is_(None))
    paths = {
        row.id: row.path
        for some in in_batches(onto)
        for row in session.execute(query.where(Page.id.in_(some)))
    }
    known = [each for each in revisions if isinstance(each.page, int)]
    return any(each.content is None or paths.get(each.page) != each.path for each in known)


def _lock(session: Session, onto: Mapping[int, int]) -> dict[int | str, Page]:
    pages: dict[int | str, Page] = {}
    for page_id in sorted(onto):
        page = session.get(Page, page_id, with_for_update=FOR_CHANGE, populate_existing=True)
        if page is None or page.revision_count != onto[page_id]:
            raise HistoryChanged(page_id)
        pages[page_id] = page
    return pages


def _write_change(writing: _Writing, changes: Sequence[PastRevision]) -> None:
    """Write one change: deletions free paths for moves, and both free paths for new pages."""
    for each in changes:
        if each.content is None and (going := writing.pages.get(each.page)) is not None:
            _append(writing, going, each, is_moved=False)
    changes = [each for each in changes if each.content is not None]
    moves = [
        Move(page.id, page.path, each.path)
        for each in changes
        if (page := writing.pages.get(each.page)) is not None
        and page.deleted_at is None
        and page.path != each.path
    ]
    by_id = {page.id: page for page in writing.pages.values()}
    try:
        with writing.session.begin_nested():
            move_pages(writing.session, moves, by_id)
    except PathTaken:
        moved = {move.page_id for move in moves}
        known = [each for each in changes if each.page in writing.pages]
        writing.unmoved += [each for each in known if writing.pages[each.page].id in moved]
        moves = []
    moved = {move.page_id for move in moves}
    for each in changes:
        page = writing.pages.get(each.page)
        if page is None:
            _create(writing, each)
        else:
            _append(writing, page, each, is_moved=page.id in moved)


def _create(writing: _Writing, revision: PastRevision) -> None:
    if revision.content is None or revision.page in writing.left:
        return
    origin_columns = {"summary": revision.summary, "origin": revision.origin}
    try:
        writing.pages[revision.page] = insert_page(
            writing.session,
            revision.path,
            revision.content,
            revision.derived,
            by=None,
            **origin_columns,  # type: ignore[arg-type]
        )
    except PathTaken:
        writing.left.add(revision.page)
        writing.taken.append(revision)


def _append(writing: _Writing, page: Page, revision: PastRevision, *, is_moved: bool) -> None:
    session, content = writing.session, revision.content
    action = "rename" if is_moved else "edit"
    if content is None:
        if page.deleted_at is not None:
            return
        action, content = "delete", load_content(session, page.id, page.revision_count)
    elif page.deleted_at is not None:
        action = "undelete"
        try:
            page.key = claim_path(session, revision.path)
        except PathTaken:
            writing.taken.append(revision)
            return
        page.path = revision.path
        page.rule_id = rule_in_force(session, page.key)
        page.deleted_at = page.deleted_by_id = None
    append_revision(
        session,
        page,
        content,
        by=None,
        action=action,
        summary=revision.summary,
        origin=revision.origin,
    )
    if action == "delete":
        page.deleted_at, page.deleted_by_id = revision.origin.at, revision.origin.author_id
    if revision.derived is not None:
        store_rendering(session, page, revision.derived)
        store_tags(session, page, content.tags)
        store_fingerprints(session, page.id, content)
