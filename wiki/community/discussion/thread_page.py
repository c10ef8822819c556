"""What a page shows that holds a thread: its comments, and the form for one more."""

from dataclasses import dataclass

from wiki.access.permissions import Viewer
from wiki.community.discussion.forms import CommentForm
from wiki.community.discussion.queries import (
    COMMENTS_PER_PAGE,
    ThreadView,
    count_comments,
    load_thread,
    thread_view,
)
from wiki.web.pagination import Pagination, paginate


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """A thread as a part of a page, for `macros/discussion.html`."""

    view: ThreadView
    form: CommentForm
    pagination: Pagination


def thread_part(viewer: Viewer, thread_id: int, form: CommentForm | None = None) -> ThreadPart:
    """A thread with one page of its comments: the one that `page=` names.

    Raises `ThreadNotFound`, `NoSuchListPage`.
    """
    thread, home = load_thread(viewer, thread_id)
    pagination = paginate(count_comments(thread_id), COMMENTS_PER_PAGE)
    view = thread_view(viewer, thread, home, offset=pagination.offset, limit=pagination.per_page)
    return ThreadPart(view, form or CommentForm(formdata=None), pagination)
