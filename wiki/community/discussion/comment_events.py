"""Notifications of comments: for watchers, participants of the thread and mentioned people."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.discussion.models import Comment, Mention, Thread
from wiki.community.discussion.queries import opening
from wiki.community.discussion.subjects import Home, homes_of
from wiki.community.events import Description, Event, EventKind
from wiki.community.page_events import tags_of
from wiki.database import db, in_batches
from wiki.i18n import lazy as _l
from wiki.pages.models import Page

COMMENT = "comment"  # a new comment
MENTION = "mention"  # a mention that was added by an edit


def event_kinds() -> tuple[EventKind, EventKind]:
    """The kinds to register: new comments, and mentions added by an edit."""
    return (
        EventKind(COMMENT, _l("Comments"), describe_comments, addressees=_concerned, merge=_merged),
        EventKind(
            MENTION,
            _l("Mentions"),
            describe_mentions,
            addressees=_mentioned,
            is_for_watchers=False,
        ),
    )


def describe_comments(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe comments that aren't deleted, in threads that the viewer may read now."""
    by_comment = {event.subject_id: event for event in events}
    found = _described(Comment.id, by_comment, viewer)
    return {by_comment[id_].number: description for id_, description in found.items()}


def describe_mentions(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe mentions by event number.

    Comments that the viewer may not read are left out.
    """
    by_mention = {event.subject_id: event for event in events}
    found = _described(Mention.id, by_mention, viewer)
    return {by_mention[id_].number: description for id_, description in found.items()}


def _described(
    column: ColumnElement[int] | Any, ids: Collection[int | None], viewer: Viewer
) -> dict[int, Description]:
    """By `column`'s value: descriptions of the comments in rows with one of these `ids`."""
    query = (
        select(column, Comment, Thread, User.username)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(User, User.id == Comment.author_id)
        .where(Comment.deleted_at.is_(None))
    )
    if column is Mention.id:
        query = query.join(Mention, Mention.comment_id == Comment.id)
    wanted = [id_ for id_ in ids if id_ is not None]
    rows = [
        row
        for batch in in_batches(wanted)
        for row in db.session.execute(query.where(column.in_(batch)))
    ]
    homes = homes_of(viewer, list({row[2].id: row[2] for row in rows}.values()))
    rows = [row for row in rows if row[2].id in homes]
    kinds, tags = _kinds_of({row[2].page_id for row in rows if row[2].page_id})
    named = _comments_naming(viewer, [row[1].id for row in rows])
    return {
        row[0]: _description(
            row[1:],
            homes[row[2].id],
            is_named=row[1].id in named,
            page_kind=kinds.get(row[2].page_id, ""),
            tags=tags.get(row[2].page_id, frozenset()),
        )
        for row in rows
    }


def _kinds_of(page_ids: set[int]) -> tuple[dict[int, str], Mapping[int, frozenset[str]]]:
    kinds = db.session.execute(select(Page.id, Page.kind).where(Page.id.in_(page_ids)))
    return {row.id: row.kind for row in kinds}, tags_of(page_ids)


def _comments_naming(viewer: Viewer, comment_ids: Collection[int]) -> set[int]:
    query = select(Mention.comment_id).where(
        Mention.user_id == viewer.user_id, Mention.comment_id.in_(comment_ids)
    )
    return set(db.session.scalars(query)) if viewer.is_member else set()


def _description(
    row: Sequence[Any], home: Home, *, is_named: bool, page_kind: str, tags: frozenset[str]
) -> Description:
    comment, thread, author = row
    words = _("%(actor)s commented on “%(title)s”", actor=author, title=home.title)
    if is_named:
        words = _("%(actor)s mentioned you on “%(title)s”", actor=author, title=home.title)
    return Description(
        title=home.title,
        line=words,
        endpoint="discussion.comment_page",
        values={"comment_id": comment.id},
        excerpt=opening(comment.slotted, comment.text),
        actor=author,
        page_id=home.page_id,
        path=home.path,
        page_kind=page_kind,
        tags=tags,
        thread=f"thread-{thread.id}",
        group="" if is_named else f"comments-{thread.id}",
    )


def _merged(descriptions: Sequence[Description]) -> Description:
    """One description of several comments in a thread: number and excerpts; links to the first."""
    line = ngettext(
        "%(num)s comment on “%(title)s”",
        "%(num)s comments on “%(title)s”",
        len(descriptions),
        title=descriptions[-1].title,
    )
    excerpts = dict.fromkeys(each.excerpt for each in descriptions if each.excerpt)
    return replace(descriptions[0], line=line, excerpt=" · ".join(excerpts))


def _concerned(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """By event number: ids of who began the thread, commented before, or is mentioned."""
    by_comment = {event.subject_id: event.number for event in events if event.subject_id}
    recipients: dict[int, set[int]] = defaultdict(set)
    for batch in in_batches(by_comment):
        threads = db.session.execute(
            select(Comment.id, Comment.thread_id, Thread.created_by_id)
            .join(Thread, Thread.id == Comment.thread_id)
            .where(Comment.id.in_(batch))
        ).all()
        authors = _authors_of({row.thread_id for row in threads})
        for row in threads:
            before = {author for author, first in authors[row.thread_id] if first < row.id}
            recipients[by_comment[row.id]] |= {row.created_by_id, *before}
        named = select(Mention.comment_id, Mention.user_id).where(
            Mention.comment_id.in_(batch), Mention.version == 1
        )
        for comment_id, user_id in db.session.execute(named):
            recipients[by_comment[comment_id]].add(user_id)
    return recipients


def _authors_of(thread_ids: set[int]) -> Mapping[int, list[tuple[int, int]]]:
    """By thread id: each author's id, with the id of their first comment there."""
    query = select(Comment.thread_id, Comment.author_id, func.min(Comment.id)).where(
        Comment.thread_id.in_(thread_ids), Comment.deleted_at.is_(None)
    )
    authors: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for thread_id, author_id, first in db.session.execute(
        query.group_by(Comment.thread_id, Comment.author_id)
    ):
        authors[thread_id].append((author_id, first))
    return authors


def _mentioned(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    by_mention = {event.subject_id: event.number for event in events if event.subject_id}
    recipients: dict[int, Collection[int]] = {}
    for batch in in_batches(by_mention):
        rows = db.session.execute(select(Mention.id, Mention.user_id).where(Mention.id.in_(batch)))
        recipients.update({by_mention[row.id]: [row.user_id] for row in rows})
    return recipients
