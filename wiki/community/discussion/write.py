"""Stores new threads and comments.

Locks are taken in this order: the page, the thread, the comment. The page is locked only if its
marks of open threads change.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.community.discussion.anchoring.anchors import Anchor
from wiki.community.discussion.errors import CommentRefused, ThreadNotFound
from wiki.community.discussion.mentions import mentioned_users
from wiki.community.discussion.models import PAGE_SUBJECT, Comment, Mention, Thread
from wiki.community.discussion.subjects import home_of, threads_visible_to
from wiki.database import FOR_CHANGE, db, insert_into, utcnow, write_transaction
from wiki.letters import is_blank
from wiki.markup import RENDERER_VERSION, render
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.text_store import storable
from wiki.search.outbox import announce

COMMENT_LIMIT = 20_000  # bytes of UTF-8; longer texts belong on a page


@dataclass(frozen=True, slots=True)
class CommentInput:
    """The source of a comment, and the key of the form that sent it."""

    text: str
    form_key: str = ""


@dataclass(frozen=True, slots=True)
class PostedComment:
    """The ids of a stored comment and its thread."""

    comment_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """A text as it is stored, rendered before any lock is taken."""

    text: str
    slotted: str
    renderer: str
    html: str
    form_key: str

    def form_hash(self, place: str) -> str:
        """A hash that is the same for a form sent twice, and another if the text was changed."""
        sent = f"{self.form_key}\n{place}\n{self.text}"
        return hashlib.sha256(sent.encode()).hexdigest()


class _SentTwice(Exception):
    """Rolls back the transaction if the form's comment is already stored."""


def prepare(message: CommentInput) -> PreparedMessage:
    """Clean and render a comment; to be called outside of transactions, as rendering takes time.

    Raises `CommentRefused`.
    """
    text = storable(message.text).strip("\n")
    if is_blank(text):
        raise CommentRefused("empty")
    size = len(text.encode())
    if size > COMMENT_LIMIT:
        raise CommentRefused("too-long", size)
    rendered = render(text)
    renderer = RENDERER_VERSION if rendered.is_complete else ""
    return PreparedMessage(text, rendered.slotted, renderer, rendered.html, message.form_key)


def start_thread(
    viewer: Viewer, page_id: int, anchor: Anchor, message: CommentInput
) -> PostedComment:
    """Store a thread about a page and its first comment.

    Raises `CommentRefused`, `ThreadNotFound`, `Forbidden`.
    """
    prepared = prepare(message)
    form_hash = prepared.form_hash(f"page {page_id}")
    try:
        with write_transaction() as session:
            lock_commented_page(session, page_id)
            thread = _new_thread(session, viewer, PAGE_SUBJECT, page_id, anchor)
            _check_writable(viewer, thread)
            comment = _append(session, viewer, thread, prepared, form_hash)
            if comment is None:
                raise _SentTwice
            raise_activity(session, page_id)
            posted = PostedComment(comment, thread.id)
    except _SentTwice:
        return _already_posted(db.session(), viewer, form_hash)
    return posted


def open_thread(session: Session, viewer: Viewer, subject: str) -> Thread:
    """Add an empty thread of another `subject`, in the caller's transaction."""
    return _new_thread(session, viewer, subject, None, Anchor())


def add_comment(viewer: Viewer, thread_id: int, message: CommentInput) -> PostedComment:
    """Add a comment to a thread. Raises `CommentRefused`, `ThreadNotFound`, `Forbidden`."""
    prepared = prepare(message)
    with write_transaction() as session:
        return append_comment(session, viewer, thread_id, prepared)


def append_comment(
    session: Session, viewer: Viewer, thread_id: int, prepared: PreparedMessage
) -> PostedComment:
    """`add_comment` in the caller's transaction. Raises `ThreadNotFound`, `Forbidden`."""
    form_hash = prepared.form_hash(f"thread {thread_id}")
    thread = lock_thread(session, viewer, thread_id)
    _check_writable(viewer, thread)
    comment = _append(session, viewer, thread, prepared, form_hash)
    if comment is None:
        return _already_posted(session, viewer, form_hash)
    return PostedComment(comment, thread_id)


def _new_thread(
    session: Session, viewer: Viewer, subject: str, page_id: int | None, anchor: Anchor
) -> Thread:
    thread = Thread(
        subject=subject,
        page_id=page_id,
        created_by_id=viewer.user_id,
        revision_number=anchor.revision,
        heading=anchor.heading,
        heading_text=anchor.heading_text,
        quote=anchor.quote,
        before=anchor.before,
        after=anchor.after,
    )
    session.add(thread)
    session.flush()
    return thread


def lock_commented_page(session: Session, page_id: int | None) -> None:
    """Lock the page's row, so that nobody deletes the page until the transaction ends.

    Does nothing without a page.
    """
    if page_id is not None:
        session.execute(select(Page.id).where(Page.id == page_id).with_for_update(**FOR_CHANGE))


def lock_thread(session: Session, viewer: Viewer, thread_id: int) -> Thread:
    """Lock and return a thread. Raises `ThreadNotFound`, also if the viewer may not read it."""
    thread: Thread | None = session.scalar(
        select(Thread)
        .where(Thread.id == thread_id, threads_visible_to(viewer))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if thread is None:
        raise ThreadNotFound
    return thread


def _check_writable(viewer: Viewer, thread: Thread) -> None:
    if not home_of(viewer, thread).may_write:
        raise Forbidden


def _append(
    session: Session, viewer: Viewer, thread: Thread, prepared: PreparedMessage, form_hash: str
) -> int | None:
    """The id of the new comment; `None` if this form was sent before."""
    now = utcnow()
    row = {
        "thread_id": thread.id,
        "author_id": viewer.user_id,
        "created_at": now,
        "text": prepared.text,
        "slotted": prepared.slotted,
        "renderer": prepared.renderer,
        "version": 1,
        "form_hash": form_hash,
        "erased_why": "",
    }
    insert = insert_into(session, Comment).values(**row).on_conflict_do_nothing()
    comment_id: int | None = session.scalar(insert.returning(Comment.id))
    if comment_id is None:
        return None
    thread.comment_count += 1
    thread.last_at = now
    note_mentions(session, comment_id, prepared, 1)
    announce(
        session,
        thread.page_id or 0,
        None,
        "comment",
        actor_id=viewer.user_id,
        subject_id=comment_id,
    )
    return comment_id


def note_mentions(
    session: Session, comment_id: int, prepared: PreparedMessage, version: int
) -> list[int]:
    """Store the mentions of a comment's `version`; returns the ids of new ones."""
    new = []
    for user_id in mentioned_users(session, prepared.html):
        row = {"comment_id": comment_id, "user_id": user_id, "version": version}
        insert = insert_into(session, Mention).values(**row).on_conflict_do_nothing()
        if (mention := session.scalar(insert.returning(Mention.id))) is not None:
            new.append(mention)
    return new


def _already_posted(session: Session, viewer: Viewer, form_hash: str) -> PostedComment:
    row = session.execute(
        select(Comment.id, Comment.thread_id).where(
            Comment.author_id == viewer.user_id, Comment.form_hash == form_hash
        )
    ).one()
    return PostedComment(row.id, row.thread_id)
