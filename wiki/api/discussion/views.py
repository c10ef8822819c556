"""Threads and comments: list, read, start, reply, edit, delete, resolve."""

from flask import make_response, url_for

from wiki.access.permissions import Viewer, current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.discussion.documents import (
    comment_input,
    comment_response,
    start_thread,
    thread_document,
    thread_list,
)
from wiki.api.discussion.schemas import (
    CommentChange,
    CommentCreated,
    NewComment,
    NewThread,
    ThreadChange,
    ThreadDocument,
    ThreadList,
    ThreadQuery,
)
from wiki.api.openapi.operation import operation
from wiki.api.schema import ListQuery, ViewResult
from wiki.community.discussion.blueprint import count_writing
from wiki.community.discussion.comments.changes import (
    delete_comment,
    edit_comment,
    find_comment,
    settle_thread,
)
from wiki.community.discussion.queries import load_thread
from wiki.community.discussion.write import add_comment as append_to_thread

DISCUSSION = "Discussion"


def _writer() -> Viewer:
    """The viewer; what they write counts towards the same limits as in a browser."""
    viewer = current_viewer()
    count_writing(viewer)
    return viewer


@api.get("/threads")
@operation(ThreadList, tag=DISCUSSION)
def list_threads(query: ThreadQuery) -> ViewResult:
    """The threads that you may read, most recently active first."""
    found = thread_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/threads/<id:thread_id>")
@operation(ThreadDocument, tag=DISCUSSION)
def read_thread(thread_id: int, query: ListQuery) -> ViewResult:
    """A thread with its comments, oldest first."""
    found = thread_document(current_viewer(), thread_id, query)
    return found, 200, next_headers(found.next)


@api.post("/threads")
@operation(CommentCreated, tag=DISCUSSION, status=201, is_repeatable=True, headers=("Location",))
def add_thread(json: NewThread) -> ViewResult:
    """Start a thread on a page, on a section or on a passage."""
    posted = start_thread(_writer(), json)
    where = {"Location": url_for("api.read_thread", thread_id=posted.thread_id)}
    return comment_response(posted), 201, where


@api.post("/threads/<id:thread_id>/comments")
@operation(CommentCreated, tag=DISCUSSION, status=201, is_repeatable=True)
def add_comment(thread_id: int, json: NewComment) -> ViewResult:
    """Reply in a thread."""
    posted = append_to_thread(_writer(), thread_id, comment_input(json.text))
    return comment_response(posted), 201


@api.patch("/threads/<id:thread_id>")
@operation(ThreadDocument, tag=DISCUSSION, is_writing=True)
def settle(thread_id: int, json: ThreadChange) -> ViewResult:
    """Resolve or reopen a thread. Its author and mentors may do this."""
    viewer = _writer()
    load_thread(viewer, thread_id)
    settle_thread(viewer, thread_id, is_resolved=json.resolved)
    return thread_document(viewer, thread_id, ListQuery())


@api.patch("/comments/<id:comment_id>")
@operation(CommentCreated, tag=DISCUSSION, is_writing=True)
def update_comment(comment_id: int, json: CommentChange) -> ViewResult:
    """Edit your own comment. Earlier versions are kept."""
    message = comment_input(json.text)
    return comment_response(edit_comment(_writer(), comment_id, message, json.version))


@api.delete("/comments/<id:comment_id>")
@operation(None, tag=DISCUSSION, status=204, is_writing=True)
def remove_comment(comment_id: int) -> ViewResult:
    """Delete your own comment; mentors can also delete others’. It can be restored."""
    viewer = _writer()
    find_comment(viewer, comment_id)
    delete_comment(viewer, comment_id)
    return make_response("", 204)
