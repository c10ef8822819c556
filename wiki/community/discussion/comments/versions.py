"""The history of a comment."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from wiki.accounts.models import User
from wiki.community.discussion.comments.changes import FoundComment
from wiki.community.discussion.models import CommentVersion
from wiki.community.discussion.queries import finished_texts, rendered_text
from wiki.database import db
from wiki.markup.text.direction import Direction, direction_of


@dataclass(frozen=True, slots=True)
class CommentVersionView:
    """One version of a comment as HTML.

    `number` counts from 1, `written_at` is in UTC.
    """

    number: int
    written_at: datetime
    html: Markup
    direction: Direction


@dataclass(frozen=True, slots=True)
class CommentHistory:
    """A comment's versions, newest first; names of its author and of who deleted or erased it."""

    author: str
    deleted_by: str | None
    erased_by: str | None
    versions: list[CommentVersionView]


def comment_history(found: FoundComment) -> CommentHistory:
    """The history of a comment; without versions if it was erased.

    `find_comment` has checked that the viewer may see it.
    """
    comment = found.comment
    rows = db.session.execute(
        select(CommentVersion.number, CommentVersion.written_at, CommentVersion.text)
        .where(CommentVersion.comment_id == comment.id)
        .order_by(CommentVersion.number.desc())
    ).all()
    versions: list[tuple[int, datetime, str]] = [(row[0], row[1], row[2]) for row in rows]
    if comment.erased_at is None:
        written_at = comment.edited_at or comment.created_at
        versions.insert(0, (comment.version, written_at, comment.text))
    authors = {number: comment.author_id for number, *_ in versions}
    html = finished_texts(found.home, {n: rendered_text(text) for n, _, text in versions}, authors)
    ids = (comment.author_id, comment.deleted_by_id, comment.erased_by_id)
    named = db.session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    names: dict[int | None, str] = {row.id: row.username for row in named}
    return CommentHistory(
        names[comment.author_id],
        names.get(comment.deleted_by_id),
        names.get(comment.erased_by_id),
        [CommentVersionView(n, at, html[n], direction_of(html[n])) for n, at, _ in versions],
    )
