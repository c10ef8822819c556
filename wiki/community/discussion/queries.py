"""Threads and comments as a viewer sees them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.discussion.errors import ThreadNotFound
from wiki.community.discussion.mentions import names_in, users_called, with_mentions
from wiki.community.discussion.models import Comment, Thread
from wiki.community.discussion.rights import (
    may_delete,
    may_edit,
    may_resolve,
    may_restore,
    may_see_deleted,
)
from wiki.community.discussion.subjects import Home, home_of, threads_visible_to
from wiki.database import db
from wiki.markup import RENDERER_VERSION, render
from wiki.markup.text.direction import Direction, direction_of
from wiki.markup.text.excerpt import opening_words
from wiki.pages.presentation.personalize import personalized_fragments
from wiki.pages.writing.withheld_links import newcomers_among

LAST_SHOWN = 2  # last comments of a thread in a list, after the first one


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment for one viewer; a deleted one without its text.

    `may_edit`, `may_delete` and `may_restore`: what the viewer may do with it; `may_see`: whether
    they may see its text, also of a deleted comment.
    """

    id: int
    author: str
    created_at: datetime
    version: int
    edited_at: datetime | None
    deleted_at: datetime | None
    deleted_by: str | None
    erased_at: datetime | None
    erased_why: str
    text: str  # its source
    html: Markup
    direction: Direction
    may_edit: bool
    may_delete: bool
    may_restore: bool
    may_see: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread for one viewer, with all or some of its comments, oldest first.

    `left_out` is the number of comments between the first of `comments` and the others that aren't
    shown.
    """

    thread: Thread
    home: Home
    created_by: str
    resolved_by: str | None
    may_resolve: bool
    comments: Sequence[CommentView]
    left_out: int = 0

    @property
    def id(self) -> int:
        """The thread's id."""
        return self.thread.id

    @property
    def comment_count(self) -> int:
        """The number of its comments that aren't deleted."""
        return self.thread.comment_count

    @property
    def is_resolved(self) -> bool:
        """Whether the thread was marked as resolved."""
        return self.thread.resolved_at is not None


def load_thread(viewer: Viewer, thread_id: int) -> tuple[Thread, Home]:
    """A thread and its home. Raises `ThreadNotFound`."""
    query = select(Thread).where(Thread.id == thread_id, threads_visible_to(viewer))
    thread = db.session.scalar(query)
    if thread is None:
        raise ThreadNotFound
    return thread, home_of(viewer, thread)


def count_comments(thread_id: int) -> int:
    """The number of all comments of a thread, including deleted ones."""
    query = select(func.count()).where(Comment.thread_id == thread_id)
    return db.session.scalar(query) or 0


def thread_view(
    viewer: Viewer, thread: Thread, home: Home, *, offset: int, limit: int
) -> ThreadView:
    """A thread with `limit` of its comments, from `offset` on.

    A deleted comment is listed for others only if comments follow it, which may be replies.
    """
    last = select(func.max(Comment.id)).where(
        Comment.thread_id == thread.id, Comment.deleted_at.is_(None)
    )
    query = _comments().where(Comment.thread_id == thread.id).order_by(Comment.id)
    rows = db.session.execute(query.offset(offset).limit(limit)).all()
    last_id = db.session.scalar(last) or 0
    rows = [row for row in rows if row[0].id <= last_id or may_see_deleted(viewer, row[0], home)]
    (view,) = _thread_views(viewer, [(thread, home)], rows)
    return view


def shortened_threads(viewer: Viewer, threads: Sequence[tuple[Thread, Home]]) -> list[ThreadView]:
    """Threads of one page, each with its first comment and its last ones, without deleted ones."""
    thread_id = Comment.thread_id
    numbered = (
        select(
            Comment.id,
            func.row_number().over(partition_by=thread_id, order_by=Comment.id).label("first"),
            func.row_number()
            .over(partition_by=thread_id, order_by=Comment.id.desc())
            .label("last"),
        )
        .where(
            Comment.thread_id.in_([thread.id for thread, _ in threads]),
            Comment.deleted_at.is_(None),
        )
        .subquery()
    )
    is_shown = or_(numbered.c.first == 1, numbered.c.last <= LAST_SHOWN)
    query = _comments().join(numbered, numbered.c.id == Comment.id).where(is_shown)
    return _thread_views(viewer, threads, db.session.execute(query.order_by(Comment.id)).all())


def _comments() -> "Select[*tuple[Any, ...]]":
    author, remover = aliased(User), aliased(User)
    return (
        select(Comment, author.username, remover.username)
        .join(author, author.id == Comment.author_id)
        .outerjoin(remover, remover.id == Comment.deleted_by_id)
    )


def _thread_views(
    viewer: Viewer, threads: Sequence[tuple[Thread, Home]], rows: Iterable[Any]
) -> list[ThreadView]:
    rows, names = list(rows), _names_of(threads)
    # Threads in one list belong to one page, so their texts are finished together.
    home = threads[0][1] if threads else None
    html = _finished(home, rows) if home else {}
    of_thread: dict[int, list[CommentView]] = defaultdict(list)
    homes = {thread.id: home for thread, home in threads}
    for row in rows:
        thread_id = row[0].thread_id
        view = _comment_view(viewer, homes[thread_id], row, html.get(row[0].id, Markup()))
        of_thread[thread_id].append(view)
    return [
        ThreadView(
            thread,
            home,
            created_by=names[thread.created_by_id],
            resolved_by=names.get(thread.resolved_by_id or 0),
            may_resolve=may_resolve(viewer, thread, home),
            comments=of_thread[thread.id],
            left_out=thread.comment_count - len(of_thread[thread.id]),
        )
        for thread, home in threads
    ]


def _names_of(threads: Sequence[tuple[Thread, Home]]) -> dict[int, str]:
    ids = {id_ for thread, _ in threads for id_ in (thread.created_by_id, thread.resolved_by_id)}
    rows = db.session.execute(select(User.id, User.username).where(User.id.in_(ids - {None})))
    return {row.id: row.username for row in rows}


def _finished(home: Home, rows: Sequence[Any]) -> dict[int, Markup]:
    shown = [row[0] for row in rows if row[0].deleted_at is None]
    authors = {comment.id: comment.author_id for comment in shown}
    return finished_texts(home, {c.id: _slotted(c) for c in shown}, authors)


def finished_texts(
    home: Home, slotted: Mapping[int, str], authors: Mapping[int, int]
) -> dict[int, Markup]:
    """The HTML of slotted texts by id, for the current viewer: links resolved, mentions linked.

    `authors` are the user ids of their authors; links of new users may be withheld.
    """
    new = newcomers_among(db.session(), set(authors.values()))
    held = {f"c{key}-" for key, author in authors.items() if author in new}
    texts = {f"c{key}-": text for key, text in slotted.items()}
    fragments = personalized_fragments(texts, home.page_id, home.path, held=held)
    names = (name for html in fragments.values() for name in names_in(html))
    users = users_called(db.session(), names)
    return {
        key: Markup(with_mentions(fragments[f"c{key}-"], users))  # noqa: S704  # sanitized
        for key in slotted
    }


def rendered_text(text: str) -> str:
    """Render a text to slotted HTML."""
    return render(text, for_reader=True).slotted


def opening(slotted: str, text: str) -> str:
    """The beginning of a comment as plain text; if `slotted` is empty, `text` is rendered first."""
    return opening_words(slotted or rendered_text(text))


def _slotted(comment: Comment) -> str:
    is_current = comment.renderer == RENDERER_VERSION or not comment.text
    return comment.slotted if is_current else rendered_text(comment.text)


def _comment_view(viewer: Viewer, home: Home, row: Any, html: Markup) -> CommentView:
    comment, author, remover = row
    return CommentView(
        id=comment.id,
        author=author,
        created_at=comment.created_at,
        version=comment.version,
        edited_at=comment.edited_at,
        deleted_at=comment.deleted_at,
        deleted_by=remover,
        erased_at=comment.erased_at,
        erased_why=comment.erased_why,
        text=comment.text if comment.deleted_at is None else "",
        html=html,
        direction=direction_of(html),
        may_edit=may_edit(viewer, comment, home),
        may_delete=may_delete(viewer, comment, home),
        may_restore=may_restore(viewer, comment, home),
        may_see=comment.deleted_at is None or may_see_deleted(viewer, comment, home),
    )
