"""Renames pages: changes title or path, of one page or of a whole subtree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, editable_by
from wiki.access.rulebook import raise_access_version
from wiki.accounts.models import User
from wiki.database import StorageUnavailable, db, write_transaction
from wiki.naming import clean_path
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.moving.mover import MAX_RENAMED_PAGES, Mover, MoveTarget, PlannedRevision
from wiki.pages.queries.folders import is_below
from wiki.pages.writing.revision_store import lock_pages
from wiki.pages.writing.write import SaveResult, lock_page_at

MAX_PLANS = 5  # attempts; somebody may add a page to the subtree meanwhile


@dataclass(frozen=True, slots=True)
class RenameRequest:
    """How a page is to be renamed.

    `with_subtree` also moves the pages below it, `with_links` rewrites links to moved pages.
    """

    title: str
    path: str
    base_revision: int
    with_subtree: bool = False
    with_links: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True)
class RenameResult:
    """The renamed page, and how many other pages were moved or relinked."""

    saved: SaveResult
    below: int = 0
    relinked: int = 0


def rename_page(
    page_id: int, move: RenameRequest, *, by: User | None, viewer: Viewer | None = None
) -> RenameResult:
    """Rename a page in one transaction; every old path redirects to its new path.

    Redirects refer to pages, not paths, so there are no loops and no chains. Pages get the access
    rule of their new path. If `viewer` is given, pages below it or linking to it that they may not
    edit stay as they are.

    Raises `PathForbidden` for a path where the viewer may not write, `NameRefused`, `PathTaken`,
    `PageNotFound`, `StaleConfirmation`, `TooManyPages`, `StorageUnavailable`.
    """
    move = replace(move, path=clean_path(move.path))
    mover = Mover(with_links=move.with_links, viewer=viewer)

    def plan(session: Session) -> list[PlannedRevision]:
        return mover.plan(session, _targets(session, page_id, move, viewer))

    for _ in range(MAX_PLANS):
        steps = plan(db.session())
        # Rendering takes most of the time, so it is done before the lock is taken.
        mover.render(steps)
        with write_transaction() as session:
            raise_access_version(session)  # before the pages, in the same order as rule changes
            pages = lock_pages(session, {step.page_id for step in steps})
            page = lock_page_at(session, page_id, move.base_revision)
            steps = plan(session)
            # Somebody added a page below it, or a link here: to lock that page now, out of order,
            # could be a deadlock.
            if not {step.page_id for step in steps} <= pages.keys():
                continue
            if (steps[0].path, steps[0].content.title) == (page.path, page.title):
                saved = SaveResult(page.id, page.path, page.revision_count, is_unchanged=True)
                return RenameResult(saved)
            mover.carry_out(session, steps, pages, by=by, summary=move.summary)
            below = sum(step.is_moved for step in steps) - 1
            saved = SaveResult(page.id, page.path, page.revision_count)
            return RenameResult(saved, below, len(steps) - below - 1)
    raise StorageUnavailable("busy")


def _targets(
    session: Session, page_id: int, move: RenameRequest, viewer: Viewer | None
) -> list[MoveTarget]:
    """The new paths: of the page itself first, then of the pages below it."""
    page = session.get(Page, page_id, populate_existing=True)
    if page is None or page.deleted_at is not None:
        raise PageNotFound
    below = _pages_below(session, page, viewer) if move.with_subtree else ()
    first = MoveTarget(page_id, move.path, move.title)
    return [
        first,
        *(
            MoveTarget(each.id, _moved_path(each.path, page.path, move.path), is_caused=True)
            for each in below
        ),
    ]


def _pages_below(session: Session, page: Page, viewer: Viewer | None) -> Sequence[Page]:
    """The pages that also move; if there are too many, just enough of them to detect that."""
    return session.scalars(
        select(Page)
        .where(
            is_below(Page.key, page.key),
            Page.deleted_at.is_(None),
            editable_by(viewer, Page) if viewer else true(),
        )
        .order_by(Page.id)
        .limit(MAX_RENAMED_PAGES)
        .execution_options(populate_existing=True)
    ).all()


def _moved_path(path: str, old: str, new: str) -> str:
    # By segments: two spellings of one name may differ in length, as ß and ss.
    below = path.split("/")[old.count("/") + 1 :]
    return clean_path("/".join((new, *below)))
