"""Renaming: giving a page another title or path, alone or with everything below it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, editable_by
from wiki.access.rulebook import raise_access_version, rule_in_force
from wiki.accounts.models import User
from wiki.database import StorageUnavailable, db, write_transaction
from wiki.markup import render
from wiki.markup.relink import relink
from wiki.naming import clean_path, path_key
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Link, Page, Redirect
from wiki.pages.queries.folders import is_below
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.derived import Derived, derive
from wiki.pages.writing.store import (
    append_revision,
    claim_path,
    leads_by_title,
    load_content,
    lock_pages,
    store_rendering,
)
from wiki.pages.writing.write import SaveResult, check_may_write_at, lock_page_at

MAX_RENAMED_PAGES = 2_000  # moved or relinked in one transaction; all are locked meanwhile
MAX_PLANS = 5  # made again when somebody adds a page to the subtree meanwhile


@dataclass(frozen=True, slots=True)
class RenameRequest:
    """What a person asks for when renaming a page.

    `with_subtree` moves the pages below it along, `with_links` rewrites links to moved pages.
    """

    title: str
    path: str
    base_revision: int
    with_subtree: bool = False
    with_links: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True)
class RenameResult:
    """The renamed page, and how many others were moved along or relinked."""

    saved: SaveResult
    below: int = 0
    relinked: int = 0


class TooManyPages(ValueError):
    """More than `MAX_RENAMED_PAGES` pages would change in one transaction."""


# By what moves where: relinked texts, by their old path, new path and original text.
_RelinkedTexts = dict[frozenset[tuple[str, str]], dict[tuple[str, str, str], str]]


@dataclass(frozen=True, slots=True)
class Move:
    """A page that gets another path."""

    page_id: int
    old_path: str
    path: str


@dataclass(frozen=True, slots=True)
class _PlannedRevision:
    """One revision to be written: of a page that moves, or whose links are rewritten."""

    page_id: int
    old_path: str
    path: str
    content: Content
    is_moved: bool


def rename_page(
    page_id: int, move: RenameRequest, *, by: User | None, viewer: Viewer | None = None
) -> RenameResult:
    """Rename a page in one transaction; every old path redirects to the page's new one.

    Redirects name a page, not a path, so that there are no loops and no chains. Pages take the
    rule of access of their new place. Pages below it, or that link to it, which a given `viewer`
    may not edit stay as they are.
    Raises `PathForbidden` for a path where the viewer may not write, `NameRefused`, `PathTaken`,
    `PageNotFound`, `StaleConfirmation`, `TooManyPages`, `StorageUnavailable`.
    """
    move = replace(move, path=clean_path(move.path))
    rendered: dict[tuple[str, str], Derived] = {}
    relinked: _RelinkedTexts = {}
    for _ in range(MAX_PLANS):
        steps = _plan(db.session(), page_id, move, relinked, viewer)
        # Rendering takes most of the time, so it is done before the lock is taken.
        for step in steps:
            if (key := (step.path, step.content.text)) not in rendered:
                rendered[key] = derive(render(step.content.text, path=step.path))
        with write_transaction() as session:
            raise_access_version(session)  # before the pages, as whoever changes a rule does
            pages = lock_pages(session, {step.page_id for step in steps})
            lock_page_at(session, page_id, move.base_revision)
            steps = _plan(session, page_id, move, relinked, viewer)
            # Somebody added a page below it, or a link here: to lock that page now, out of order,
            # could be a deadlock.
            if {step.page_id for step in steps} <= pages.keys():
                return _carry_out(session, steps, pages, rendered, by=by, summary=move.summary)
    raise StorageUnavailable("busy")


def _carry_out(
    session: Session,
    steps: Sequence[_PlannedRevision],
    pages: dict[int, Page],
    rendered: dict[tuple[str, str], Derived],
    *,
    by: User | None,
    summary: str,
) -> RenameResult:
    first = steps[0]
    page = pages[first.page_id]
    if first.path == page.path and first.content.title == page.title:
        return RenameResult(SaveResult(page.id, page.path, page.revision_count, is_unchanged=True))
    moves = [Move(step.page_id, step.old_path, step.path) for step in steps if step.is_moved]
    move_pages(session, moves, pages)
    cause = None
    for step in steps:
        row = pages[step.page_id]
        revision = append_revision(
            session,
            row,
            step.content,
            by=by,
            action="rename" if step.is_moved else "relink",
            summary=summary,
            is_minor=not step.is_moved,
            cause=cause,
        )
        derived = rendered.get((step.path, step.content.text))
        store_rendering(session, row, derived or derive(render(step.content.text, path=step.path)))
        cause = cause or revision
    saved = SaveResult(page.id, page.path, page.revision_count)
    below = sum(step.is_moved for step in steps) - 1
    return RenameResult(saved, below, len(steps) - below - 1)


def _plan(
    session: Session,
    page_id: int,
    move: RenameRequest,
    relinked: _RelinkedTexts,
    viewer: Viewer | None,
) -> list[_PlannedRevision]:
    """Every revision to be written, that of the renamed page first.

    A plan is made again under the lock; `relinked` caches the texts, which take time to parse.
    """
    page = session.get(Page, page_id, populate_existing=True)
    if page is None or page.deleted_at is not None:
        raise PageNotFound
    family = [page, *(_pages_below(session, page, viewer) if move.with_subtree else ())]
    paths = {row.id: _moved_path(row.path, page.path, move.path) for row in family}
    if viewer is not None:
        for path in paths.values():
            check_may_write_at(viewer, path)
    moved = {row.key: paths[row.id] for row in family}
    title = clean_content(Content(move.title, "")).title
    if path_key(title) != page.title_key and leads_by_title(session, page):
        moved.setdefault(page.title_key, move.path)
    linking = _linking_pages(session, family, moved, viewer) if move.with_links else []
    if len(family) + len(linking) > MAX_RENAMED_PAGES:
        raise TooManyPages
    known = moved if move.with_links else {}
    texts = relinked.setdefault(frozenset(known.items()), {})
    steps = [_step(session, row, paths[row.id], known, texts, is_moved=True) for row in family]
    steps[0] = replace(steps[0], content=replace(steps[0].content, title=title))
    steps += [_step(session, row, row.path, known, texts, is_moved=False) for row in linking]
    return steps


def _pages_below(session: Session, page: Page, viewer: Viewer | None) -> Sequence[Page]:
    return session.scalars(
        select(Page)
        .where(
            is_below(Page.key, page.key),
            Page.deleted_at.is_(None),
            editable_by(viewer, Page) if viewer else true(),
        )
        .order_by(Page.id)
        .execution_options(populate_existing=True)
    ).all()


def _moved_path(path: str, old: str, new: str) -> str:
    # By segments: two spellings of one name may differ in length, as ß and ss.
    below = path.split("/")[old.count("/") + 1 :]
    return clean_path("/".join((new, *below)))


def _linking_pages(
    session: Session, family: Sequence[Page], moved: Iterable[str], viewer: Viewer | None
) -> Sequence[Page]:
    """Pages outside the family that link to one in it."""
    return session.scalars(
        select(Page)
        .where(
            Page.id.in_(select(Link.from_page_id).where(Link.to_key.in_(list(moved)))),
            Page.id.not_in([page.id for page in family]),
            Page.deleted_at.is_(None),
            editable_by(viewer, Page) if viewer else true(),
        )
        .order_by(Page.id)
        .execution_options(populate_existing=True)
    ).all()


def _step(
    session: Session,
    page: Page,
    path: str,
    moved: dict[str, str],
    texts: dict[tuple[str, str, str], str],
    *,
    is_moved: bool,
) -> _PlannedRevision:
    content = load_content(session, page.id, page.revision_count)
    key = (page.path, path, content.text)
    if key not in texts:
        texts[key] = relink(content.text, path, moved, from_path=page.path)
    return _PlannedRevision(page.id, page.path, path, replace(content, text=texts[key]), is_moved)


def move_pages(session: Session, steps: Sequence[Move], pages: Mapping[int, Page]) -> None:
    """Give the pages, which are locked, their new paths, and leave redirects at the old ones.

    The caller has raised the version of access. Raises `PathTaken`.
    """
    moving = {step.page_id for step in steps if path_key(step.path) != pages[step.page_id].key}
    old_keys = {page_id: pages[page_id].key for page_id in moving}
    for page_id in moving:
        # Out of the way: a page of a subtree may move to the path of another one in it.
        pages[page_id].key = f"moving:{page_id}"
    session.flush()
    # In order, or two renames to the same paths could deadlock.
    for step in sorted(steps, key=lambda step: path_key(step.path)):
        page = pages[step.page_id]
        if step.page_id in moving:
            page.key = claim_path(session, step.path, besides=moving)
            page.rule_id = rule_in_force(session, page.key)
        page.path = step.path
    session.flush()
    new_keys = {pages[page_id].key for page_id in moving}
    for step in steps:
        key = old_keys.get(step.page_id)
        if key is not None and key not in new_keys:
            session.execute(delete(Redirect).where(Redirect.key == key))
            session.add(Redirect(key=key, path=step.old_path, page_id=step.page_id))
