"""Undoing everything that one person changed in a range of time, page by page.

Each page gets a revision of its own. A page that the person began, and nobody else has written in,
is deleted; one that the person deleted comes back; one that they moved, and nobody else after them,
goes back where it was, and its present address leads there.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access import Viewer, history_visible_to
from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.naming import path_key
from wiki.pages.errors import (
    NameRefused,
    PageNotFound,
    PathTaken,
    RevisionErased,
    StaleConfirmation,
    TextTooLong,
)
from wiki.pages.models import Page, Revision
from wiki.pages.moving.rename import RenameRequest, TooManyPages, rename_page
from wiki.pages.undoing.undo import revert_content
from wiki.pages.writing import write
from wiki.pages.writing.content import Content, clean_content, clean_summary, merge_contents
from wiki.pages.writing.derived import derive
from wiki.pages.writing.store import append_revision, load_content, store_rendering, store_tags
from wiki.rate_limits import LimitReached

MAX_REVISIONS = 2_000  # that are looked through, the newest first
MAX_PAGES_PER_STEP = 50  # in one step; rendering them is what takes time
MAX_TEXT_PER_STEP = 1_000_000  # characters of the texts that are stored in one step
MOVE_COST = (
    MAX_TEXT_PER_STEP // 5
)  # as many characters a move stands for: it rewrites other pages' links
MAX_PLANNING_SECONDS = (
    1.5  # seconds of processor that looking takes at most; what is left waits for the next step
)

# What is done with a page, or why nothing is.
UndoOutcome = Literal[
    "undo", "delete", "bring-back", "move-back", "nothing", "conflict", "others", "deleted",
    "erased", "moved", "stale", "taken", "refused",
]  # fmt: skip
POSSIBLE_OUTCOMES: Collection[UndoOutcome] = ("undo", "delete", "bring-back", "move-back")


@dataclass(frozen=True, slots=True)
class PageUndo:
    """What is to become of a page, by revision `onto`; `numbers` are those to be undone.

    `is_moved` tells that the person gave it another address; `back_to` is the one it gets again,
    with the pages below if `with_subtree`: without one it stays. `made` is the revision that did
    it, once it is done.
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
        return self.outcome in POSSIBLE_OUTCOMES

    @property
    def seen(self) -> str:
        """What a confirmation says it saw."""
        return f"{self.page_id}:{self.onto}"


@dataclass(frozen=True, slots=True)
class MassUndoPlan:
    """The pages that were looked at, and how many more there are."""

    pages: Sequence[PageUndo]
    left: int = 0


def plan_mass_undo(
    viewer: Viewer, user_id: int, since: datetime, until: datetime, only: Collection[str] = ()
) -> MassUndoPlan:
    """What undoing would do with each page that the person changed from `since` to `until`.

    `only` those that a confirmation has seen, if it is given.
    """
    session: Session = db.session()
    changed = _changed_pages(session, viewer, user_id, since, until)
    groups = list(changed.values())
    if only:
        ids = {seen.partition(":")[0] for seen in only}
        groups = [group for group in groups if str(group[0].id) in ids]
    alone = _written_alone(session, user_id, [page.id for page, _ in groups[:MAX_PAGES_PER_STEP]])
    until_time = time.thread_time() + MAX_PLANNING_SECONDS
    looked: list[PageUndo] = []
    left = MAX_TEXT_PER_STEP
    for page, revisions in groups[:MAX_PAGES_PER_STEP]:
        if time.thread_time() > until_time or left <= 0:
            break
        looked.append(_plan_page(session, page, revisions, is_alone=page.id in alone))
        left -= len(content.text) if (content := looked[-1].content) else 0
        left -= MOVE_COST if looked[-1].back_to else 0
    return MassUndoPlan(looked, len(groups) - len(looked))


def carry_out_mass_undo(
    plan: MassUndoPlan, seen: Collection[str], *, by: User, summary: str
) -> Iterator[PageUndo]:
    """Do it, page by page; what was changed since it was `seen` is left alone, and told.

    Raises `StorageUnavailable`; what was done before stays done.
    """
    summary = clean_summary(summary)
    for page in plan.pages:
        if not page.is_possible:
            yield page
        elif page.seen not in seen:
            yield replace(page, outcome="stale")
        else:
            yield _carry_out(page, by, summary)


def _changed_pages(
    session: Session, viewer: Viewer, user_id: int, since: datetime, until: datetime
) -> dict[int, tuple[Page, list[Revision]]]:
    """Each page that the person changed with what they did, the page they changed last first.

    What others brought about isn't theirs to undo.
    """
    rows = session.execute(
        select(Page, Revision)
        .join(Revision, Revision.page_id == Page.id)
        .where(
            Revision.author_id == user_id,
            Revision.cause_id.is_(None),
            Revision.created_at >= since,
            Revision.created_at < until,
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
    """Those of the pages in which nobody else has written anything of their own."""
    others = select(Revision.page_id).where(
        Revision.page_id.in_(page_ids),
        Revision.author_id.is_distinct_from(user_id),
        Revision.cause_id.is_(None),
        Revision.action.not_in(("delete", "undelete", "undo", "erase")),
    )
    return set(page_ids) - set(session.scalars(others))


def _plan_page(
    session: Session, page: Page, revisions: Sequence[Revision], *, is_alone: bool
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
    first = _with_move(session, first, revisions)
    is_theirs = numbers[0] == 1
    if is_theirs and is_alone:
        return replace(first, outcome="nothing" if first.is_deleted else "delete")
    if first.is_deleted and (revisions[-1].action, numbers[-1]) != ("delete", first.onto):
        return replace(first, outcome="deleted")
    undone = [revision.number for revision in revisions if revision.number > 1]
    with suppress(RevisionErased, NameRefused, TextTooLong):
        return _merged(session, first, undone, is_theirs=is_theirs)
    return replace(first, outcome="erased")


def _merged(
    session: Session, page: PageUndo, numbers: Sequence[int], *, is_theirs: bool
) -> PageUndo:
    """The page without what these revisions changed: run by run, the newest first."""
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
    if page.back_to and not is_theirs:
        return replace(page, outcome="move-back")
    outcome: UndoOutcome = "others" if is_theirs else "moved" if page.is_moved else "nothing"
    return replace(page, outcome=outcome)


def _consecutive_runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers without a gap, the last run first."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs[::-1]


def _with_move(session: Session, page: PageUndo, revisions: Sequence[Revision]) -> PageUndo:
    """Whether the person moved it, and where it may go back to."""
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
    is_where_they_left_it = moves[-1].path == page.path and not page.is_deleted
    may_go_back = is_where_they_left_it and session.scalar(taken) is None
    return replace(
        page,
        is_moved=True,
        back_to=before if may_go_back else None,
        with_subtree=session.scalar(caused.limit(1)) is not None,
    )


def _carry_out(page: PageUndo, by: User, summary: str) -> PageUndo:
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
        return _move_back(page, page.back_to, by, summary) if page.back_to else page
    except (StaleConfirmation, PageNotFound):
        return replace(page, outcome="stale", made=None)
    except PathTaken:
        return replace(page, outcome="taken", made=None)
    except LimitReached:
        return replace(page, outcome="refused", made=None)


def _move_back(page: PageUndo, path: str, by: User, summary: str) -> PageUndo:
    """The page at `path` again; where it is if that can't be."""
    title = page.content.title if page.content else page.title
    move = RenameRequest(title, path, page.made or page.onto, page.with_subtree, True, summary)
    try:
        saved = rename_page(page.page_id, move, by=by).saved
    except (PathTaken, StaleConfirmation):
        if page.made is None:
            raise
        return replace(page, back_to=None)
    except (NameRefused, TooManyPages):
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
            by=by,
            action="undo",
            summary=summary,
            merged_number=page.numbers[-1],
        )
        store_rendering(session, row, derived)
        store_tags(session, row, content.tags)
        return replace(page, made=revision.number)
