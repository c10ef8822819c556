"""Changes of existing comments (editing, deleting, restoring, erasing), and resolving threads.

Locks are taken in the same order as in `wiki.community.discussion.write`.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.accounts.audit_log import log_event, register_actions
from wiki.community.discussion.errors import CommentChanged, CommentNotFound, CommentRefused
from wiki.community.discussion.models import Comment, CommentVersion, Mention, Thread
from wiki.community.discussion.rights import (
    may_delete,
    may_edit,
    may_resolve,
    may_restore,
    may_see_deleted,
)
from wiki.community.discussion.subjects import Home, home_of, homes_of, threads_visible_to
from wiki.community.discussion.write import (
    CommentInput,
    PostedComment,
    lock_commented_page,
    lock_thread,
    note_mentions,
    prepare,
)
from wiki.database import db, overwrite_deleted, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.pages.queries.page_extras import raise_activity
from wiki.search.outbox import announce

register_actions({"comment-erased": _l("Comment erased")})


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment with its thread and the thread's home, for a viewer who may read them."""

    comment: Comment
    thread: Thread
    home: Home

    @property
    def posted(self) -> PostedComment:
        """The ids of the comment and its thread."""
        return PostedComment(self.comment.id, self.thread.id)


def find_comment(viewer: Viewer, comment_id: int) -> FoundComment:
    """Find a comment. Raises `CommentNotFound`, also if the viewer may not know of it."""
    # One statement, so that a hidden comment looks like a missing one.
    row = db.session.execute(
        select(Comment, Thread)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.id == comment_id, threads_visible_to(viewer))
    ).first()
    return _found(viewer, *(row or (None, None)))


def _found(viewer: Viewer, comment: Comment | None, thread: Thread | None) -> FoundComment:
    home = homes_of(viewer, [thread]).get(thread.id) if thread else None
    if comment is None or thread is None or home is None:
        raise CommentNotFound
    if comment.deleted_at is not None and not may_see_deleted(viewer, comment, home):
        raise CommentNotFound
    return FoundComment(comment, thread, home)


def _locked(session: Session, viewer: Viewer, comment_id: int) -> FoundComment:
    """As `find_comment`, but with the page, the thread and the comment locked."""
    row = session.execute(
        select(Thread.id, Thread.page_id)
        .join(Comment, Comment.thread_id == Thread.id)
        .where(Comment.id == comment_id, threads_visible_to(viewer))
    ).first()
    if row is None:
        raise CommentNotFound
    lock_commented_page(session, row.page_id)
    thread = lock_thread(session, viewer, row.id)
    comment = session.scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return _found(viewer, comment, thread)


def edit_comment(
    viewer: Viewer, comment_id: int, message: CommentInput, base_version: int | None
) -> PostedComment:
    """Replace the text of one's own comment; the previous version is kept.

    Raises `CommentRefused`, `CommentNotFound`, `Forbidden`, and `CommentChanged` if the current
    version isn't `base_version`.
    """
    prepared = prepare(message)
    with write_transaction() as session:
        found = _locked(session, viewer, comment_id)
        comment = found.comment
        if not may_edit(viewer, comment, found.home):
            raise Forbidden
        if comment.text == prepared.text:
            return found.posted
        if comment.version != base_version:
            raise CommentChanged
        session.add(_version_of(comment))
        comment.text, comment.slotted = prepared.text, prepared.slotted
        comment.renderer = prepared.renderer
        comment.version += 1
        comment.edited_at = utcnow()
        for mention in note_mentions(session, comment_id, prepared, comment.version):
            page = found.thread.page_id or 0
            announce(session, page, None, "mention", actor_id=viewer.user_id, subject_id=mention)
        return found.posted


def _version_of(comment: Comment) -> CommentVersion:
    written_at = comment.edited_at or comment.created_at
    return CommentVersion(
        comment_id=comment.id, number=comment.version, written_at=written_at, text=comment.text
    )


def delete_comment(viewer: Viewer, comment_id: int) -> FoundComment:
    """Mark a comment as deleted. Raises `CommentNotFound`, `Forbidden`."""
    with write_transaction() as session:
        found = _locked(session, viewer, comment_id)
        if found.comment.deleted_at is None:
            if not may_delete(viewer, found.comment, found.home):
                raise Forbidden
            found.comment.deleted_at, found.comment.deleted_by_id = utcnow(), viewer.user_id
            _recount(session, found.thread)
        return found


def restore_comment(viewer: Viewer, comment_id: int) -> FoundComment:
    """Restore a deleted comment. Raises `CommentNotFound`, `Forbidden`."""
    with write_transaction() as session:
        found = _locked(session, viewer, comment_id)
        if found.comment.deleted_at is not None:
            if not may_restore(viewer, found.comment, found.home):
                raise Forbidden
            found.comment.deleted_at = found.comment.deleted_by_id = None
            _recount(session, found.thread)
        return found


def _recount(session: Session, thread: Thread) -> None:
    """Update the comment count of a locked thread; at 0, its page no longer shows the thread."""
    session.flush()
    remaining = select(func.count()).where(
        Comment.thread_id == thread.id, Comment.deleted_at.is_(None)
    )
    thread.comment_count = session.scalar(remaining) or 0
    if thread.page_id is not None:
        raise_activity(session, thread.page_id)


def erase_comment(viewer: Viewer, comment_id: int, why: str) -> FoundComment:
    """Erase all versions of a comment permanently. The caller checks for an administrator.

    Its author, time and the reason `why` are kept. Raises `CommentNotFound` and `CommentRefused`
    (`no-reason`).
    """
    if not why:
        raise CommentRefused("no-reason")
    with write_transaction() as session:
        overwrite_deleted(session)
        found = _locked(session, viewer, comment_id)
        erase_texts(session, found.comment)
        comment = found.comment
        comment.erased_at, comment.erased_by_id, comment.erased_why = utcnow(), viewer.user_id, why
        subject = f"{found.home.title}: {why}"[:200]
        log_event(session, "comment-erased", by=viewer.user_id, subject=subject)
        return found


def erase_texts(session: Session, comment: Comment) -> None:
    """Empty a comment and delete its earlier versions and mentions, in the caller's transaction.

    The row stays, so that replies keep their context.
    """
    session.execute(delete(CommentVersion).where(CommentVersion.comment_id == comment.id))
    session.execute(delete(Mention).where(Mention.comment_id == comment.id))
    comment.text = comment.slotted = comment.renderer = ""


def settle_thread(viewer: Viewer, thread_id: int, *, is_resolved: bool) -> Thread:
    """Resolve a thread, or reopen it. Raises `ThreadNotFound`, `Forbidden`."""
    with write_transaction() as session:
        page_of = select(Thread.page_id).where(Thread.id == thread_id, threads_visible_to(viewer))
        lock_commented_page(session, session.scalar(page_of))
        thread = lock_thread(session, viewer, thread_id)
        if not may_resolve(viewer, thread, home_of(viewer, thread)):
            raise Forbidden
        if is_resolved != (thread.resolved_at is not None):
            thread.resolved_at = utcnow() if is_resolved else None
            thread.resolved_by_id = viewer.user_id if is_resolved else None
            if thread.page_id is not None:
                raise_activity(session, thread.page_id)
        return thread
