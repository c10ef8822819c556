"""Giving pages other paths as one change: planned and rendered first, written under their locks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, editable_by
from wiki.access.rulebook import rule_in_force
from wiki.accounts.models import User
from wiki.database import StorageUnavailable, in_batches
from wiki.markup import render
from wiki.markup.relink import relink
from wiki.markup.workers.bounded_links import LinksDelayed, LinksNotFound, links_within_time
from wiki.naming import path_key
from wiki.pages.errors import PageNotFound, PathTaken
from wiki.pages.models import Link, Page, Redirect, Revision
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.derived_data import Derived, derive
from wiki.pages.writing.revision_store import (
    Acceptance,
    append_revision,
    claim_path,
    leads_by_title,
    load_content,
    store_rendering,
)
from wiki.pages.writing.write import check_may_write_at

MAX_RENAMED_PAGES = 2_000  # moved or relinked in one transaction; all are locked meanwhile


class MoveRefused(ValueError):
    """Pages can't be moved."""


class TooComplex(MoveRefused):
    """The links of the page that would move, at this path, can't be found in time."""


class TooManyPages(MoveRefused):
    """More than `MAX_RENAMED_PAGES` pages would change in one transaction."""


@dataclass(frozen=True, slots=True)
class Move:
    """A page that gets another path."""

    page_id: int
    old_path: str
    path: str


@dataclass(frozen=True, slots=True)
class MoveTarget:
    """Where a page goes, and what it is called there; `None` for the title that it has.

    `is_caused` says that it goes with another one, the first.
    """

    page_id: int
    path: str
    title: str | None = None
    is_caused: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRevision:
    """One revision to be written: of a page that moves, or whose links are rewritten."""

    page_id: int
    old_path: str
    path: str
    content: Content
    is_moved: bool
    is_caused: bool


# By what moves where: relinked texts, by their old path, new path and original text.
_RelinkedTexts = dict[frozenset[tuple[str, str]], dict[tuple[str, str, str], str]]


class Mover:
    """Plans moves and carries them out. Texts, which take time to parse and to render, are kept
    between one plan and the next, which is made again under the locks.

    `with_links` rewrites links to moved pages. Pages that a given `viewer` may not edit keep
    theirs.
    """

    def __init__(self, *, with_links: bool, viewer: Viewer | None) -> None:
        self._with_links = with_links
        self._viewer = viewer
        self._rendered: dict[tuple[str, str], Derived] = {}
        self._relinked: _RelinkedTexts = {}

    def plan(self, session: Session, targets: Sequence[MoveTarget]) -> list[PlannedRevision]:
        """Every revision to be written, those of the targets first, in their order.

        Raises `PageNotFound`, `PathForbidden`, `TooManyPages`, `TooComplex`, `StorageUnavailable`.
        """
        if len(targets) > MAX_RENAMED_PAGES:
            raise TooManyPages
        pages = _loaded(session, [target.page_id for target in targets])
        moved: dict[str, str] = {}
        for target in targets:
            if self._viewer is not None:
                check_may_write_at(self._viewer, target.path)
            moved[pages[target.page_id].key] = target.path
        for target in targets:
            page, title = pages[target.page_id], target.title
            is_retitled = title is not None and path_key(title) != page.title_key
            if is_retitled and leads_by_title(session, page):
                moved.setdefault(page.title_key, target.path)
        linking = self._linking_pages(session, pages, moved) if self._with_links else []
        known = moved if self._with_links else {}
        texts = self._relinked.setdefault(frozenset(known.items()), {})
        steps = [_step(session, pages[each.page_id], known, texts, each) for each in targets]
        return steps + [_step(session, page, known, texts) for page in linking]

    def render(self, steps: Iterable[PlannedRevision]) -> None:
        """Render what will be stored, before any lock is taken."""
        for step in steps:
            if (key := (step.path, step.content.text)) not in self._rendered:
                self._rendered[key] = derive(render(step.content.text, path=step.path))

    def carry_out(
        self,
        session: Session,
        steps: Sequence[PlannedRevision],
        pages: Mapping[int, Page],
        *,
        by: User | None,
        summary: str,
        accepted: Acceptance | None = None,
    ) -> None:
        """Write all steps of a plan, whose pages are locked. Raises `PathTaken`, `LimitReached`.

        The caller has raised the version of access.
        """
        moves = [Move(step.page_id, step.old_path, step.path) for step in steps if step.is_moved]
        move_pages(session, moves, pages)
        self.render(steps)
        first: Revision | None = None
        for step in steps:
            page = pages[step.page_id]
            revision = append_revision(
                session,
                page,
                step.content,
                by=by,
                action="rename" if step.is_moved else "relink",
                summary=summary,
                is_minor=not step.is_moved,
                cause=first if step.is_caused else None,
                accepted=accepted,
            )
            store_rendering(session, page, self._rendered[step.path, step.content.text])
            first = first or revision

    def _linking_pages(
        self, session: Session, moving: Mapping[int, Page], moved: Iterable[str]
    ) -> Sequence[Page]:
        """Pages that link to one which moves, and don't move themselves, by id.

        Raises `TooManyPages` if they and those that move are.
        """
        found: dict[int, Page] = {}
        for keys in in_batches(moved):
            pages = session.scalars(
                select(Page)
                .where(
                    Page.id.in_(select(Link.from_page_id).where(Link.to_key.in_(keys))),
                    Page.deleted_at.is_(None),
                    editable_by(self._viewer, Page) if self._viewer else true(),
                )
                .order_by(Page.id)
                .limit(MAX_RENAMED_PAGES + 1)  # those that move are among them
                .execution_options(populate_existing=True)
            )
            found |= {page.id: page for page in pages if page.id not in moving}
            if len(moving) + len(found) > MAX_RENAMED_PAGES:
                raise TooManyPages
        return [found[page_id] for page_id in sorted(found)]


def _loaded(session: Session, page_ids: Sequence[int]) -> dict[int, Page]:
    found: dict[int, Page] = {}
    for ids in in_batches(page_ids):
        query = select(Page).where(Page.id.in_(ids), Page.deleted_at.is_(None))
        rows = session.scalars(query.execution_options(populate_existing=True))
        found |= {page.id: page for page in rows}
    if len(found) < len(set(page_ids)):
        raise PageNotFound
    return found


def _step(
    session: Session,
    page: Page,
    moved: Mapping[str, str],
    texts: dict[tuple[str, str, str], str],
    target: MoveTarget | None = None,
) -> PlannedRevision:
    content = load_content(session, page.id, page.revision_count)
    path = target.path if target else page.path
    key = (page.path, path, content.text)
    if key not in texts:
        texts[key] = _relinked(content.text, path, moved, page.path)
    content = replace(content, text=texts[key])
    if target is not None and target.title is not None:
        content = replace(content, title=clean_content(Content(target.title, "")).title)
    is_moved = target is not None
    is_caused = target is None or target.is_caused
    return PlannedRevision(page.id, page.path, path, content, is_moved, is_caused)


def _relinked(text: str, path: str, moved: Mapping[str, str], from_path: str) -> str:
    """`text` with updated links. In one that stays where it is and takes too long, they lead by
    redirects. Raises `TooComplex`, `StorageUnavailable`.
    """
    try:
        return relink(text, path, moved, from_path=from_path, find_links=links_within_time)
    except LinksNotFound as error:
        if path != from_path:
            raise TooComplex(from_path) from error
        return text
    except LinksDelayed as error:
        raise StorageUnavailable("busy") from error


def move_pages(session: Session, steps: Sequence[Move], pages: Mapping[int, Page]) -> None:
    """Give the pages, which are locked, their new paths, and leave redirects at the old ones.

    The caller has raised the version of access. Raises `PathTaken`, also for two of them that
    would have one path.
    """
    claimed = set[str]()
    for step in steps:
        new_key = path_key(step.path)
        if new_key in claimed:
            raise PathTaken(step.path, is_twice=True)
        claimed.add(new_key)
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
