"""Tables of discussions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.accounts.models import User
from wiki.community.discussion.anchoring.anchors import CONTEXT_LENGTH, HEADING_LIMIT
from wiki.database import db, utcnow
from wiki.pages.models import Page

PAGE_SUBJECT = "page"  # the `subject` of threads about pages
QUOTE_LIMIT = 2_000  # characters
_IS_OPEN = "resolved_at IS NULL AND comment_count > 0"


class Thread(db.Model):  # type: ignore[name-defined,misc]
    """A thread of comments about a page or another subject.

    A thread about a page has its `page_id`, so it stays with a page that is renamed. Subjects of
    other kinds refer to their thread by its id.
    """

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("comment_count >= 0", name="comment_count"),
        CheckConstraint("(room = 'page') = (page_id IS NOT NULL)", name="room"),
        Index("ix_thread_page_id_last_at", "page_id", "last_at"),
        Index("ix_thread_last_at", "last_at"),
        Index(
            "ix_thread_open",
            "page_id",
            "heading",
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column("room", String(16), default=PAGE_SUBJECT)
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id, ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), index=True)
    # The anchor: a place on the page as of a revision. `heading` is an id, empty for the lead.
    revision_number: Mapped[int | None] = mapped_column()
    heading: Mapped[str] = mapped_column(String(HEADING_LIMIT), default="")
    heading_text: Mapped[str] = mapped_column(String(HEADING_LIMIT), default="")
    quote: Mapped[str] = mapped_column(String(QUOTE_LIMIT), default="")
    before: Mapped[str] = mapped_column(String(CONTEXT_LENGTH), default="")
    after: Mapped[str] = mapped_column(String(CONTEXT_LENGTH), default="")
    # The number of comments that aren't deleted, and the time of the last comment.
    comment_count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    resolved_at: Mapped[datetime | None] = mapped_column()
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))


class Comment(db.Model):  # type: ignore[name-defined,misc]
    """A comment in a thread, in its current version."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("author_id", "form_hash"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_comment_thread_id_id", "thread_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    text: Mapped[str] = mapped_column()
    slotted: Mapped[str] = mapped_column()  # its HTML, as `wiki.markup` renders it
    renderer: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime | None] = mapped_column()
    # A hash of the form that sent it, so that a form sent twice is stored once.
    form_hash: Mapped[str] = mapped_column(String(64))
    deleted_at: Mapped[datetime | None] = mapped_column()
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    erased_at: Mapped[datetime | None] = mapped_column()
    erased_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    erased_why: Mapped[str] = mapped_column(String(300), default="")


class CommentVersion(db.Model):  # type: ignore[name-defined,misc]
    """A previous version of an edited comment."""

    __tablename__ = "comment_version"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey(Comment.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written_at: Mapped[datetime] = mapped_column()
    text: Mapped[str] = mapped_column()


class Mention(db.Model):  # type: ignore[name-defined,misc]
    """A comment mentions a user, who is notified of it once."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("comment_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    # The comment's version that mentioned them first.
    version: Mapped[int] = mapped_column(default=1)
