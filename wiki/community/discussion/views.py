"""One thread: reading it, adding a comment, resolving it."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import members_only
from wiki.access.permissions import current_viewer
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.comments.changes import settle_thread
from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.forms import CommentForm
from wiki.community.discussion.subjects import home_of
from wiki.community.discussion.talk.thread_locations import locate_threads
from wiki.community.discussion.thread_page import comment_url, quoted_comment, thread_part
from wiki.community.discussion.write import add_comment
from wiki.web.csrf import allow_same_origin
from wiki.web.request_values import parse_number


@discussion.get("/threads/<id:thread_id>")
def thread(thread_id: int) -> ResponseReturnValue:
    form = CommentForm(formdata=None)
    form.text.data = quoted_comment(thread_id, parse_number(request.args.get("quote")))
    return _show(thread_id, form)


@discussion.post("/threads/<id:thread_id>")
@allow_same_origin
@members_only
def comment(thread_id: int) -> ResponseReturnValue:
    form = CommentForm()
    if request.form.get("action") == "preview":
        return _show(thread_id, form)
    try:
        posted = add_comment(current_viewer(), thread_id, form.message())
    except CommentRefused as error:
        form.refuse(error)
        return _show(thread_id, form), 422
    return redirect(comment_url(current_viewer(), posted), 303)


@discussion.post("/threads/<id:thread_id>/settle")
@members_only
def settle(thread_id: int) -> ResponseReturnValue:
    """Resolve or reopen a thread, as the button says."""
    is_resolved = request.form.get("action") != "reopen"
    thread = settle_thread(current_viewer(), thread_id, is_resolved=is_resolved)
    flash(_("Resolved.") if is_resolved else _("Open again."), "ok")
    return redirect(home_of(current_viewer(), thread).url, 303)


def _show(thread_id: int, form: CommentForm) -> str:
    part = thread_part(current_viewer(), thread_id, form)
    (placed,) = locate_threads([part.view])
    return render_template("community/discussion/thread.html", part=part, placed=placed)
