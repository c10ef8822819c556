"""Lists of threads: those of a page, and all that a viewer may read."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.discussion.anchoring.anchors import HEADING_LIMIT
from wiki.community.discussion.models import PAGE_SUBJECT, Comment, Mention, Thread
from wiki.community.discussion.queries import ThreadView, opening, shortened_threads
from wiki.community.discussion.subjects import Home, homes_of, threads_visible_to
from wiki.database import db

THREADS_PER_PAGE = 20
SHOWN = ("open", "resolved", "all", "mine", "deleted")  # values of `show=`


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads to list: all, or those of a page or of one heading; `show` is one of `SHOWN`.

    `deleted` lists threads with deleted comments only, for those who may restore one.
    """

    show: str = "open"
    page_id: int | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """A thread in the list of all threads, with the beginning of its first comment."""

    thread: Thread
    home: Home
    created_by: str
    begins: str


def count_threads(viewer: Viewer, wanted: ThreadFilter) -> int:
    """How many threads match the filter."""
    query = select(func.count()).select_from(Thread).where(_matches(viewer, wanted))
    return db.session.scalar(query) or 0


def _threads(
    viewer: Viewer, wanted: ThreadFilter, offset: int, limit: int
) -> list[tuple[Thread, Home]]:
    """Threads that match the filter, most recently commented first."""
    query = select(Thread).where(_matches(viewer, wanted))
    query = query.order_by(Thread.last_at.desc(), Thread.id.desc())
    threads = db.session.scalars(query.offset(offset).limit(limit)).all()
    homes = homes_of(viewer, threads)
    return [(thread, homes[thread.id]) for thread in threads if thread.id in homes]


def threads_of_page(
    viewer: Viewer, wanted: ThreadFilter, *, offset: int, limit: int
) -> list[ThreadView]:
    """Threads of a page with their first and last comments, most recently commented first."""
    return shortened_threads(viewer, _threads(viewer, wanted, offset, limit))


def thread_entries(
    viewer: Viewer, wanted: ThreadFilter, *, offset: int, limit: int
) -> list[ThreadEntry]:
    """Threads of all subjects that `viewer` may read, most recently commented first."""
    threads = _threads(viewer, wanted, offset, limit)
    first = (
        select(func.min(Comment.id))
        .where(Comment.thread_id.in_([t.id for t, _ in threads]), Comment.deleted_at.is_(None))
        .group_by(Comment.thread_id)
    )
    query = select(Comment.thread_id, Comment.slotted, Comment.text).where(Comment.id.in_(first))
    begun = {row.thread_id: opening(row.slotted, row.text) for row in db.session.execute(query)}
    ids = {thread.created_by_id for thread, _ in threads}
    named = db.session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    names = {row.id: row.username for row in named}
    return [
        ThreadEntry(thread, home, names[thread.created_by_id], begun.get(thread.id, ""))
        for thread, home in threads
    ]


def _matches(viewer: Viewer, wanted: ThreadFilter) -> ColumnElement[bool]:
    conditions = [_shown(viewer, wanted.show)]
    if wanted.page_id is None:
        conditions.append(threads_visible_to(viewer))
    else:
        conditions.append(Thread.page_id == wanted.page_id)
    if wanted.heading is not None:
        conditions.append(Thread.heading == wanted.heading[:HEADING_LIMIT])
    return and_(*conditions)


def _shown(viewer: Viewer, show: str) -> ColumnElement[bool]:
    if show == "deleted":
        return and_(Thread.subject == PAGE_SUBJECT, Thread.comment_count == 0)
    is_there = Thread.comment_count > 0
    chosen: dict[str, ColumnElement[bool]] = {
        "open": Thread.resolved_at.is_(None),
        "resolved": Thread.resolved_at.is_not(None),
        "all": true(),
        "mine": _concerns(viewer),
    }
    return and_(is_there, chosen[show])


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Thread`: `viewer` commented or is mentioned in it."""
    if not viewer.is_member:
        return false()
    wrote = select(Comment.thread_id).where(Comment.author_id == viewer.user_id)
    named = (
        select(Comment.thread_id)
        .join(Mention, Mention.comment_id == Comment.id)
        .where(Mention.user_id == viewer.user_id)
    )
    return or_(Thread.id.in_(wrote), Thread.id.in_(named))
