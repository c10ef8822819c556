"""The part of a web page that shows a thread: its comments, and the form for a new one."""

from dataclasses import dataclass

from sqlalchemy import func, select

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.discussion.forms import CommentForm
from wiki.community.discussion.models import Comment
from wiki.community.discussion.preview import Preview, preview_of
from wiki.community.discussion.queries import ThreadView, count_comments, load_thread, thread_view
from wiki.community.discussion.write import PostedComment
from wiki.database import db
from wiki.web.pagination import Pagination, paginate

COMMENTS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """The values with which `community/discussion/macros.html` shows a thread."""

    view: ThreadView
    form: CommentForm
    pagination: Pagination
    preview: Preview | None


def thread_part(viewer: Viewer, thread_id: int, form: CommentForm | None = None) -> ThreadPart:
    """A thread with one page of its comments, chosen by `page=` in the query string.

    Raises `ThreadNotFound`, `NoSuchListPage`.
    """
    form = form or CommentForm(formdata=None)
    thread, home = load_thread(viewer, thread_id)
    pagination = paginate(count_comments(thread_id), COMMENTS_PER_PAGE)
    view = thread_view(viewer, thread, home, offset=pagination.offset, limit=pagination.per_page)
    preview = preview_of(form.text.data, home.page_id, home.path)
    return ThreadPart(view, form, pagination, preview)


def comment_url(viewer: Viewer, posted: PostedComment) -> str:
    """The URL of a comment on the right page of its thread. Raises `ThreadNotFound`."""
    _thread, home = load_thread(viewer, posted.thread_id)
    is_before = (Comment.thread_id == posted.thread_id) & (Comment.id < posted.comment_id)
    before = db.session.scalar(select(func.count()).where(is_before)) or 0
    page = before // COMMENTS_PER_PAGE + 1
    sign = "&" if "?" in home.url else "?"
    number = f"{sign}page={page}" if page > 1 else ""
    return f"{home.url}{number}#nx-comment-{posted.comment_id}"


def quoted_comment(thread_id: int, comment_id: int | None) -> str:
    """A comment of the thread as a Markdown quote, for a reply; empty if there is none."""
    row = db.session.execute(
        select(Comment.text, User.username)
        .join(User, User.id == Comment.author_id)
        .where(
            Comment.id == comment_id, Comment.thread_id == thread_id, Comment.deleted_at.is_(None)
        )
    ).first()
    if row is None or not row.text:
        return ""
    quoted = "\n".join(f"> {line}".rstrip() for line in row.text.split("\n"))
    return f"@{row.username}:\n\n{quoted}\n\n"
