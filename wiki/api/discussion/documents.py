"""Builds responses about threads and comments."""

from secrets import token_hex

from flask import url_for

from wiki.access.permissions import Viewer
from wiki.api.cursors import part_by_offset, part_by_place, read_cursor
from wiki.api.discussion.schemas import (
    CommentCreated,
    CommentDocument,
    NewThread,
    ThreadDocument,
    ThreadItem,
    ThreadList,
    ThreadQuery,
)
from wiki.api.schema import ListQuery
from wiki.community.discussion.anchoring.anchors import Anchor
from wiki.community.discussion.queries import CommentView, load_thread, thread_view
from wiki.community.discussion.subjects import Home
from wiki.community.discussion.talk.begin import begin_thread
from wiki.community.discussion.talk.lists import ThreadEntry, ThreadFilter, thread_entries
from wiki.community.discussion.write import CommentInput, PostedComment
from wiki.pages.queries.page_queries import visible_page


def thread_list(viewer: Viewer, query: ThreadQuery) -> ThreadList:
    """The threads that the viewer may read, and the cursor of the next ones."""
    page_id = visible_page(viewer, query.page).id if query.page else None
    wanted = ThreadFilter(query.show, page_id)
    found, cursor = part_by_offset(
        query, lambda skip, count: thread_entries(viewer, wanted, offset=skip, limit=count)
    )
    return ThreadList(items=[_item(each) for each in found], next=cursor)


def _item(entry: ThreadEntry) -> ThreadItem:
    thread = entry.thread
    return ThreadItem(
        id=thread.id,
        about=entry.home.title,
        page=_page_of(entry.home),
        heading=thread.heading,
        quote=thread.quote,
        revision=thread.revision_number,
        created_by=entry.created_by,
        created_at=thread.created_at,
        last_at=thread.last_at,
        comments=thread.comment_count,
        resolved=thread.resolved_at is not None,
        begins=entry.begins,
    )


def _page_of(home: Home) -> str | None:
    return home.path or None


def thread_document(viewer: Viewer, thread_id: int, query: ListQuery) -> ThreadDocument:
    """A thread with part of its comments. Raises `ThreadNotFound`."""
    thread, home = load_thread(viewer, thread_id)
    skipped = read_cursor(query) or 0
    view = thread_view(viewer, thread, home, offset=skipped, limit=query.limit + 1)
    comments, cursor = part_by_place(query, view.comments, lambda _: skipped + query.limit)
    return ThreadDocument(
        id=thread.id,
        about=home.title,
        page=_page_of(home),
        heading=thread.heading,
        quote=thread.quote,
        created_by=view.created_by,
        created_at=thread.created_at,
        resolved=view.is_resolved,
        resolved_by=view.resolved_by,
        may_write=home.may_write,
        items=[_comment(each) for each in comments],
        next=cursor,
    )


def _comment(view: CommentView) -> CommentDocument:
    return CommentDocument(
        id=view.id,
        author=view.author,
        created_at=view.created_at,
        edited_at=view.edited_at,
        version=view.version,
        deleted=view.deleted_at is not None,
        erased=view.erased_at is not None,
        text=view.text,
        html=str(view.html),
    )


def start_thread(viewer: Viewer, sent: NewThread) -> PostedComment:
    """Start a thread on a page and return its first comment.

    Raises `PageNotFound`, `CommentRefused`, `Forbidden`.
    """
    page = visible_page(viewer, sent.page)
    anchor = Anchor(
        sent.revision,
        heading=sent.heading,
        quote=sent.quote.strip(),
        before=sent.before,
        after=sent.after,
    )
    return begin_thread(viewer, page, anchor, comment_input(sent.text))


def comment_input(text: str) -> CommentInput:
    """A comment’s text. Repeated requests are recognized by idempotency key, not by their words."""
    return CommentInput(text, token_hex(8))


def comment_response(posted: PostedComment) -> CommentCreated:
    url = url_for("discussion.comment_page", comment_id=posted.comment_id, _external=True)
    return CommentCreated(comment=posted.comment_id, thread=posted.thread_id, url=url)
