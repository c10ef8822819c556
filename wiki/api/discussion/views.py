"""Threads and comments: list, read, begin, answer, edit, delete, settle."""

from flask import make_response, url_for

from wiki.access.permissions import Viewer, current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.discussion.documents import (
    begun_thread,
    message_of_program,
    posted_answer,
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
from wiki.api.schema import Answer, ListQuery
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
    """Who writes, which is counted with what they write in a browser."""
    viewer = current_viewer()
    count_writing(viewer)
    return viewer


@api.get("/threads")
@operation(ThreadList, tag=DISCUSSION)
def list_threads(query: ThreadQuery) -> Answer:
    """The discussions that you may read, the last written in first."""
    found = thread_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/threads/<id:thread_id>")
@operation(ThreadDocument, tag=DISCUSSION)
def read_thread(thread_id: int, query: ListQuery) -> Answer:
    """A discussion with its comments, the oldest first."""
    found = thread_document(current_viewer(), thread_id, query)
    return found, 200, next_headers(found.next)


@api.post("/threads")
@operation(CommentCreated, tag=DISCUSSION, status=201, is_repeatable=True, tells=("Location",))
def add_thread(json: NewThread) -> Answer:
    """Begin a discussion of a page, of a section or of words in it."""
    posted = begun_thread(_writer(), json)
    where = {"Location": url_for("api.read_thread", thread_id=posted.thread_id)}
    return posted_answer(posted), 201, where


@api.post("/threads/<id:thread_id>/comments")
@operation(CommentCreated, tag=DISCUSSION, status=201, is_repeatable=True)
def add_comment(thread_id: int, json: NewComment) -> Answer:
    """Answer in a discussion."""
    posted = append_to_thread(_writer(), thread_id, message_of_program(json.text))
    return posted_answer(posted), 201


@api.patch("/threads/<id:thread_id>")
@operation(ThreadDocument, tag=DISCUSSION, is_writing=True)
def settle(thread_id: int, json: ThreadChange) -> Answer:
    """Resolve a discussion, or reopen it: for whoever began it, and for mentors."""
    viewer = _writer()
    load_thread(viewer, thread_id)
    settle_thread(viewer, thread_id, is_resolved=json.resolved)
    return thread_document(viewer, thread_id, ListQuery())


@api.patch("/comments/<id:comment_id>")
@operation(CommentCreated, tag=DISCUSSION, is_writing=True)
def update_comment(comment_id: int, json: CommentChange) -> Answer:
    """Change a comment of yours. Its versions are kept."""
    message = message_of_program(json.text)
    return posted_answer(edit_comment(_writer(), comment_id, message, json.version))


@api.delete("/comments/<id:comment_id>")
@operation(None, tag=DISCUSSION, status=204, is_writing=True)
def remove_comment(comment_id: int) -> Answer:
    """Delete a comment of yours; mentors can delete those of others. It can be brought back."""
    viewer = _writer()
    find_comment(viewer, comment_id)
    delete_comment(viewer, comment_id)
    return make_response("", 204)
