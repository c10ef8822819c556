"""A user's personal data in discussions: their comments, and mentions of them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Any

from flask_babel import ngettext
from sqlalchemy import String, cast, delete, literal, select, update
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer
from wiki.accounts.merging.references import AccountMerge, Reference, execute, lesser, moves, unites
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.discussion.models import Comment, CommentVersion, Mention, Thread
from wiki.community.discussion.subjects import homes_of
from wiki.database import db


def _move_comments(session: Session, merge: AccountMerge) -> None:
    """Move comments to the merged account; a form hash that both have is replaced."""
    marks = literal(f"merged-{merge.source}-") + cast(Comment.id, String)
    moved = update(Comment).where(Comment.author_id == merge.source)
    execute(session, moved.values(author_id=merge.target, form_hash=marks))


REFERENCES = (
    moves(Thread.created_by_id),
    moves(Thread.resolved_by_id),
    Reference(
        Comment.author_id,
        _move_comments,
        lambda count: ngettext("%(num)s comment", "%(num)s comments", count),
    ),
    moves(Comment.deleted_by_id),
    moves(Comment.erased_by_id),
    unites(Mention.user_id, [Mention.comment_id], {Mention.version: lesser}),
)


class CommentsOfPerson:
    """The `wiki.accounts.privacy.personal_data.PersonalData` of discussions."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields all comments of the user, with the title of the subject if they may read it."""
        rows = db.session.execute(
            select(Comment, Thread)
            .join(Thread, Thread.id == Comment.thread_id)
            .where(Comment.author_id == person_id)
            .order_by(Comment.id)
        ).all()
        homes = homes_of(current_viewer(), list({thread.id: thread for _, thread in rows}.values()))
        former = _former_versions(person_id)
        yield (
            "comments.json",
            as_json(
                [
                    {
                        "about": homes[thread.id].title if thread.id in homes else None,
                        "thread": thread.id,
                        **_comment(comment),
                        "former_versions": former[comment.id],
                    }
                    for comment, thread in rows
                ]
            ),
        )

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: names of authors are stored in their accounts only."""

    def forget(self, session: Session, person_id: int) -> None:
        """Keeps the comments, and deletes mentions of the user."""
        session.execute(delete(Mention).where(Mention.user_id == person_id))


def _comment(comment: Comment) -> dict[str, Any]:
    names = ("created_at", "edited_at", "deleted_at", "erased_at", "text")
    return {name: getattr(comment, name) for name in names}


def _former_versions(person_id: int) -> dict[int, list[dict[str, Any]]]:
    rows = db.session.execute(
        select(CommentVersion.comment_id, CommentVersion.written_at, CommentVersion.text)
        .join(Comment, Comment.id == CommentVersion.comment_id)
        .where(Comment.author_id == person_id)
        .order_by(CommentVersion.comment_id, CommentVersion.number)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.comment_id].append({"written_at": row.written_at, "text": row.text})
    return found
