"""Moves pages as one change: planned and rendered first, then written under their locks."""

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
    """Finding the links of a page that is moved would take too long."""


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
    """Where a page goes, and its new title (`None` to keep the present one).

    `is_caused` means that it moves because of another page, which comes first.
    """

    page_id: int
    path: str
    title: str | None = None
    is_caused: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRevision:
    """A revision to write: of a page that moves, or one with links that are rewritten."""

    page_id: int
    old_path: str
    path: str
    content: Content
    is_moved: bool
    is_caused: bool


# Set of moves -> relinked texts, by their old path, new path and original text.
_RelinkedTexts = dict[frozenset[tuple[str, str]], dict[tuple[str, str, str], str]]


class Mover:
    """Plans moves and carries them out.

    Parsed and rendered texts, which take time, are reused when a plan is made again under the
    locks. `with_links` rewrites links to moved pages, except in pages that `viewer`, if given, may
    not edit.
    """

    def __init__(self, *, with_links: bool, viewer: Viewer | None) -> None:
        self._with_links = with_links
        self._viewer = viewer
        self._rendered: dict[tuple[str, str], Derived] = {}
        self._relinked: _RelinkedTexts = {}

    def plan(self, session: Session, targets: Sequence[MoveTarget]) -> list[PlannedRevision]:
        """All revisions to write, those of the targets first, in their order.

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
        """Render the texts to be stored, before any lock is taken."""
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
        """Write all steps of a plan; `pages` must be locked. Raises `PathTaken`, `LimitReached`.

        Callers must have raised the access version.
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
        """Pages that link to a moved page and don’t move themselves, in order of id.

        Raises `TooManyPages` if there are too many, including those that move.
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
    """`text` with updated links.

    If a text that stays in place takes too long, it is left as it is, since redirects lead on.
    Raises `TooComplex`, `StorageUnavailable`.
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
    """Give pages, which must be locked, their new paths, and add redirects from the old ones.

    Callers must have raised the access version. Raises `PathTaken`, also if two of the pages would
    have one path.
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
        # Temporary keys, since a page may move to the path of another moved page.
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
