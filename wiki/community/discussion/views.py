"""Threads: reading one, and writing into it."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from wiki.access.decorators import members_only
from wiki.access.permissions import current_viewer
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.forms import CommentForm
from wiki.community.discussion.limits import count_comment
from wiki.community.discussion.places import comment_url
from wiki.community.discussion.thread_page import thread_part
from wiki.community.discussion.write import add_comment
from wiki.web.csrf import allow_same_origin


@discussion.get("/threads/<int:thread_id>")
def thread(thread_id: int) -> ResponseReturnValue:
    return _show(thread_id)


@discussion.post("/threads/<int:thread_id>")
@allow_same_origin
@members_only
def comment(thread_id: int) -> ResponseReturnValue:
    form = CommentForm()
    count_comment(current_viewer())
    try:
        posted = add_comment(current_viewer(), thread_id, form.message())
    except CommentRefused as error:
        form.refuse(error)
        return _show(thread_id, form), 422
    return redirect(comment_url(current_viewer(), posted), 303)


def _show(thread_id: int, form: CommentForm | None = None) -> str:
    part = thread_part(current_viewer(), thread_id, form)
    return render_template("community/discussion/thread.html", part=part, view=part.view)
