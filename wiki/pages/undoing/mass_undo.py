"""Undoes everything that one person changed in a period, page by page.

Each page gets one new revision. A page that the person created, and nobody else has edited, is
deleted; one that they deleted is restored; one that they moved, and nobody else moved after them,
is moved back, and its present path redirects there.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, can_write_at, editable_by, history_visible_to
from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.naming import NameRefused, path_key
from wiki.pages.errors import (
    PageNotFound,
    PathForbidden,
    PathTaken,
    RevisionErased,
    StaleConfirmation,
    TextTooLong,
)
from wiki.pages.models import Page, Revision
from wiki.pages.moving.mover import MoveRefused
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.undoing.undo import revert_content
from wiki.pages.writing import write
from wiki.pages.writing.content import Content, clean_content, merge_contents
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.revision_store import append_revision, load_content
from wiki.rate_limits import LimitReached

MAX_REVISIONS = 2_000  # revisions of the person, newest first; older ones are ignored
MAX_PAGES_PER_STEP = 50  # rendering takes most of the time
MAX_TEXT_PER_STEP = 1_000_000  # characters of the texts to be stored
# A move counts as this many characters, since it rewrites links in other pages.
MOVE_COST = MAX_TEXT_PER_STEP // 5
MAX_PLANNING_SECONDS = 1.5  # seconds of CPU time for planning; the rest waits for the next step

# What is done with a page, or why nothing is done.
UndoOutcome = Literal[
    "undo", "delete", "bring-back", "move-back", "nothing", "conflict", "others", "deleted",
    "erased", "moved", "stale", "taken", "refused",
]  # fmt: skip
POSSIBLE_OUTCOMES: Collection[UndoOutcome] = ("undo", "delete", "bring-back", "move-back")


@dataclass(frozen=True, slots=True)
class PageUndo:
    """The plan for a page that is at revision `onto`; `numbers` are the revisions to undo.

    `is_moved` means that the person moved it; `back_to` is the path to which it is moved back, with
    the pages below if `with_subtree`, or `None` if it stays. `made` is the number of the revision
    that undid the changes, once that is done.
    """

    page_id: int
    path: str
    title: str
    is_deleted: bool
    onto: int
    numbers: tuple[int, ...]
    is_moved: bool = False
    back_to: str | None = None
    with_subtree: bool = False
    outcome: UndoOutcome = "nothing"
    content: Content | None = None
    made: int | None = None

    @property
    def is_possible(self) -> bool:
        """Whether undoing would change the page, at least in part."""
        return self.outcome in POSSIBLE_OUTCOMES

    @property
    def seen(self) -> str:
        """Identifies the page and the revision that was shown, for the confirmation."""
        return f"{self.page_id}:{self.onto}"


@dataclass(frozen=True, slots=True)
class MassUndoPlan:
    """The pages of this step, and the number of pages left for the next."""

    pages: Sequence[PageUndo]
    left: int = 0


def plan_mass_undo(
    viewer: Viewer, user_id: int, since: datetime, until: datetime, only: Collection[str] = ()
) -> MassUndoPlan:
    """The plan for each page that the person changed from `since` until `until`.

    If `only` is given, just for the pages that a confirmation has `seen`.
    """
    session: Session = db.session()
    changed = _changed_pages(session, viewer, user_id, since, until)
    groups = list(changed.values())
    if only:
        ids = {seen.partition(":")[0] for seen in only}
        groups = [group for group in groups if str(group[0].id) in ids]
    alone = _written_alone(session, user_id, [page.id for page, _ in groups[:MAX_PAGES_PER_STEP]])
    deadline = time.thread_time() + MAX_PLANNING_SECONDS
    planned: list[PageUndo] = []
    left = MAX_TEXT_PER_STEP
    for page, revisions in groups[:MAX_PAGES_PER_STEP]:
        if time.thread_time() > deadline or left <= 0:
            break
        planned.append(_plan_page(session, viewer, page, revisions, page.id in alone))
        left -= len(content.text) if (content := planned[-1].content) else 0
        left -= MOVE_COST if planned[-1].back_to else 0
    return MassUndoPlan(planned, len(groups) - len(planned))


def carry_out_mass_undo(
    plan: MassUndoPlan, seen: Collection[str], *, by: User, viewer: Viewer, summary: str
) -> Iterator[PageUndo]:
    """Undo the changes, page by page; a page that has changed since it was `seen` becomes `stale`.

    A page stays where it is if `viewer` may not write at its former path. Raises
    `StorageUnavailable`; pages before it stay undone.
    """
    for page in plan.pages:
        if not page.is_possible:
            yield page
        elif page.seen not in seen:
            yield replace(page, outcome="stale")
        else:
            yield _carry_out(page, by, viewer, summary)


def _changed_pages(
    session: Session, viewer: Viewer, user_id: int, since: datetime, until: datetime
) -> dict[int, tuple[Page, list[Revision]]]:
    """The pages that the person changed, with their revisions; last changed page first.

    Revisions that another page’s change caused, such as relinking, are left out.
    """
    rows = session.execute(
        select(Page, Revision)
        .join(Revision, Revision.page_id == Page.id)
        .where(
            Revision.author_id == user_id,
            Revision.cause_id.is_(None),
            Revision.created_at >= since,
            Revision.created_at < until,
            editable_by(viewer, Page),
            history_visible_to(viewer, Page),
        )
        .order_by(Revision.id.desc())
        .limit(MAX_REVISIONS)
    )
    found: dict[int, tuple[Page, list[Revision]]] = {}
    for page, revision in rows:
        found.setdefault(page.id, (page, []))[1].insert(0, revision)
    return found


def _written_alone(session: Session, user_id: int, page_ids: Collection[int]) -> set[int]:
    """The ids of those pages that nobody else has edited."""
    others = select(Revision.page_id).where(
        Revision.page_id.in_(page_ids),
        Revision.author_id.is_distinct_from(user_id),
        Revision.cause_id.is_(None),
        Revision.action.not_in(("delete", "undelete", "undo", "erase")),
    )
    return set(page_ids) - set(session.scalars(others))


def _plan_page(
    session: Session, viewer: Viewer, page: Page, revisions: Sequence[Revision], is_alone: bool
) -> PageUndo:
    numbers = [revision.number for revision in revisions]
    first = PageUndo(
        page.id,
        page.path,
        page.title,
        page.deleted_at is not None,
        page.revision_count,
        tuple(numbers),
    )
    first = _with_move(session, viewer, first, revisions)
    is_creator = numbers[0] == 1
    if is_creator and is_alone:
        return replace(first, outcome="nothing" if first.is_deleted else "delete")
    if first.is_deleted and (revisions[-1].action, numbers[-1]) != ("delete", first.onto):
        return replace(first, outcome="deleted")
    undone = [revision.number for revision in revisions if revision.number > 1]
    with suppress(RevisionErased, NameRefused, TextTooLong):
        return _merged(session, first, undone, is_creator=is_creator)
    return replace(first, outcome="erased")


def _merged(
    session: Session, page: PageUndo, numbers: Sequence[int], *, is_creator: bool
) -> PageUndo:
    """The page without these revisions: reverted run by run, newest first."""
    now = after = load_content(session, page.page_id, page.onto)
    for begin, end in _consecutive_runs(numbers):
        undone = load_content(session, page.page_id, end)
        before = load_content(session, page.page_id, begin - 1)
        if before == undone:
            continue
        after, merge = merge_contents(undone, revert_content(before, undone, after), after)
        if not merge.is_clean:
            return replace(page, outcome="conflict")
    after = clean_content(after)
    if page.is_deleted:
        return replace(page, outcome="bring-back", content=None if after == now else after)
    if after != now:
        return replace(page, outcome="undo", content=after)
    if page.back_to and not is_creator:
        return replace(page, outcome="move-back")
    outcome: UndoOutcome = "others" if is_creator else "moved" if page.is_moved else "nothing"
    return replace(page, outcome=outcome)


def _consecutive_runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers, last run first."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs[::-1]


def _with_move(
    session: Session, viewer: Viewer, page: PageUndo, revisions: Sequence[Revision]
) -> PageUndo:
    """The page with `is_moved`, `back_to` and `with_subtree`, if the person moved it."""
    moves = [revision for revision in revisions if revision.action == "rename"]
    if not moves:
        return page
    before = session.scalar(
        select(Revision.path).where(
            Revision.page_id == page.page_id, Revision.number == moves[0].number - 1
        )
    )
    if before is None or before == page.path:
        return page
    caused = select(Revision.id).where(
        Revision.cause_id.in_([move.id for move in moves]), Revision.action == "rename"
    )
    taken = select(Page.id).where(
        Page.key == path_key(before), Page.id != page.page_id, Page.deleted_at.is_(None)
    )
    is_unmoved_since = moves[-1].path == page.path and not page.is_deleted
    can_go_back = (
        is_unmoved_since and can_write_at(viewer, before) and session.scalar(taken) is None
    )
    return replace(
        page,
        is_moved=True,
        back_to=before if can_go_back else None,
        with_subtree=session.scalar(caused.limit(1)) is not None,
    )


def _carry_out(page: PageUndo, by: User, viewer: Viewer, summary: str) -> PageUndo:
    try:
        match page.outcome:
            case "delete":
                saved = write.delete_page(
                    page.page_id, base_revision=page.onto, by=by, summary=summary
                )
                return replace(page, made=saved.number)
            case "bring-back":
                saved = write.undelete_page(page.page_id, by=by, summary=summary)
                page = replace(page, onto=saved.number, made=saved.number)
        if page.content:
            page = _write(page, page.content, by, summary)
        return _move_back(page, page.back_to, by, viewer, summary) if page.back_to else page
    except (StaleConfirmation, PageNotFound):
        return replace(page, outcome="stale", made=None)
    except PathTaken:
        return replace(page, outcome="taken", made=None)
    except LimitReached:
        return replace(page, outcome="refused", made=None)


def _move_back(page: PageUndo, path: str, by: User, viewer: Viewer, summary: str) -> PageUndo:
    """Move the page back to `path`, if possible."""
    title = page.content.title if page.content else page.title
    move = RenameRequest(title, path, page.made or page.onto, page.with_subtree, True, summary)
    try:
        saved = rename_page(page.page_id, move, by=by, viewer=viewer).saved
    except (PathTaken, StaleConfirmation):
        if page.made is None:
            raise
        return replace(page, back_to=None)
    except (NameRefused, PathForbidden, MoveRefused):
        return replace(page, outcome=page.outcome if page.made else "moved", back_to=None)
    return replace(page, path=saved.path, title=title, made=saved.number)


def _write(page: PageUndo, content: Content, by: User, summary: str) -> PageUndo:
    derived = derive(render(content.text, path=page.path))
    with write_transaction() as session:
        row = write.lock_page_at(session, page.page_id, page.onto)
        revision = append_revision(
            session,
            row,
            content,
            derived,
            by=by,
            action="undo",
            summary=summary,
            merged_number=page.numbers[-1],
        )
        return replace(page, made=revision.number)
