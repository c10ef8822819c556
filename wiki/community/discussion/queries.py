"""Threads and comments as their readers see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.discussion.mentions import names_in, users_called, with_mentions
from wiki.community.discussion.models import Comment, Thread
from wiki.community.discussion.rooms import Home, home_of
from wiki.database import db
from wiki.markup import RENDERER_VERSION, render
from wiki.markup.text.direction import Direction, direction_of
from wiki.pages.presentation.personalize import personalized_fragments
from wiki.pages.writing.held_links import newcomers_among

COMMENTS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment for one reader. Of a deleted one nothing but that it was there.

    `may_edit`, `may_delete` and `may_restore` say what the reader may do with it; `is_known` that
    a reader may see what a deleted one said.
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
    text: str
    html: Markup
    direction: Direction
    may_edit: bool
    may_delete: bool
    may_restore: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread for one reader, and some of its comments in order of time.

    `comment_count` is that of comments that aren't deleted; `left_out` are comments before the
    last ones that aren't among `comments`.
    """

    id: int
    thread: Thread
    home: Home
    created_by: str
    resolved_by: str | None
    may_resolve: bool
    comments: Sequence[CommentView]
    left_out: int = 0

    @property
    def is_resolved(self) -> bool:
        return self.thread.resolved_at is not None


def load_thread(viewer: Viewer, thread_id: int) -> tuple[Thread, Home]:
    """A thread and where it belongs. Raises `ThreadNotFound`."""
    thread = db.session.get(Thread, thread_id)
    return thread, home_of(viewer, thread)  # type: ignore[return-value]  # it raises for `None`


def count_comments(thread_id: int) -> int:
    """All comments of a thread, deleted ones too."""
    query = select(func.count()).where(Comment.thread_id == thread_id)
    return db.session.scalar(query) or 0


def thread_view(
    viewer: Viewer, thread: Thread, home: Home, *, offset: int = 0, limit: int = COMMENTS_PER_PAGE
) -> ThreadView:
    """A thread with its comments from `offset` on, at most `limit`."""
    query = _comments().where(Comment.thread_id == thread.id).order_by(Comment.id)
    rows = db.session.execute(query.offset(offset).limit(limit)).all()
    (view,) = _views(viewer, [(thread, home)], rows)
    return view


def _comments() -> Any:
    author, remover = aliased(User), aliased(User)
    return (
        select(Comment, author.username, remover.username)
        .join(author, author.id == Comment.author_id)
        .outerjoin(remover, remover.id == Comment.deleted_by_id)
    )


def _views(
    viewer: Viewer, threads: Sequence[tuple[Thread, Home]], rows: Sequence[Any]
) -> list[ThreadView]:
    names = _names_of(threads)
    views = []
    for thread, home in threads:
        theirs = [row for row in rows if row[0].thread_id == thread.id]
        views.append(
            ThreadView(
                thread.id,
                thread,
                home,
                created_by=names[thread.created_by_id],
                resolved_by=names.get(thread.resolved_by_id or 0),
                may_resolve=may_resolve(viewer, thread, home),
                comments=_comment_views(viewer, home, theirs),
            )
        )
    return views


def _names_of(threads: Sequence[tuple[Thread, Home]]) -> dict[int, str]:
    ids = {thread.created_by_id for thread, _ in threads}
    ids |= {thread.resolved_by_id for thread, _ in threads if thread.resolved_by_id}
    rows = db.session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {row.id: row.username for row in rows}


def may_resolve(viewer: Viewer, thread: Thread, home: Home) -> bool:
    """Whoever began a thread may say that it is settled, and who looks after its room."""
    return home.may_write and (home.may_moderate or thread.created_by_id == viewer.user_id)


def may_delete(viewer: Viewer, comment: Comment, home: Home) -> bool:
    return home.may_write and (home.may_moderate or comment.author_id == viewer.user_id)


def may_restore(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Moderators may bring back any comment, its author one that they deleted themselves."""
    is_theirs = viewer.user_id == comment.author_id == comment.deleted_by_id
    return home.may_write and comment.deleted_at is not None and (home.may_moderate or is_theirs)


def _comment_views(viewer: Viewer, home: Home, rows: Sequence[Any]) -> list[CommentView]:
    shown = {
        f"c{comment.id}-": _slotted(comment) for comment, *_ in rows if comment.deleted_at is None
    }
    new = newcomers_among(db.session(), {row[0].author_id for row in rows})
    held = {f"c{comment.id}-" for comment, *_ in rows if comment.author_id in new}
    fragments = personalized_fragments(shown, home.page_id, home.path, held=held)
    found = users_called(db.session(), (n for html in fragments.values() for n in names_in(html)))
    return [
        _comment_view(viewer, home, row, with_mentions(fragments.get(f"c{row[0].id}-", ""), found))
        for row in rows
    ]


def _slotted(comment: Comment) -> str:
    if comment.renderer == RENDERER_VERSION:
        return comment.slotted
    return render(comment.text, for_reader=True).slotted


def _comment_view(viewer: Viewer, home: Home, row: Any, html: str) -> CommentView:
    comment, author, remover = row
    is_gone = comment.deleted_at is not None
    is_own = comment.author_id == viewer.user_id
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
        text="" if is_gone else comment.text,
        html=Markup(html),  # noqa: S704  # a rendering: sanitized; mentions are escaped
        direction=direction_of(html),
        may_edit=is_own and home.may_write and not is_gone and comment.erased_at is None,
        may_delete=not is_gone and may_delete(viewer, comment, home),
        may_restore=may_restore(viewer, comment, home),
    )
