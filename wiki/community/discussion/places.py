"""Addresses of comments: on the page of the thread that they are on by now."""

from sqlalchemy import func, select

from wiki.access.permissions import Viewer
from wiki.community.discussion.models import Comment
from wiki.community.discussion.queries import COMMENTS_PER_PAGE, load_thread
from wiki.community.discussion.write import Posted
from wiki.database import db


def comment_url(viewer: Viewer, posted: Posted) -> str:
    """Where a comment is shown. Raises `ThreadNotFound`."""
    _thread, home = load_thread(viewer, posted.thread_id)
    before = (
        db.session.scalar(
            select(func.count()).where(
                Comment.thread_id == posted.thread_id, Comment.id < posted.comment_id
            )
        )
        or 0
    )
    page = before // COMMENTS_PER_PAGE + 1
    sign = "&" if "?" in home.url else "?"
    number = f"{sign}page={page}" if page > 1 else ""
    return f"{home.url}{number}#nx-comment-{posted.comment_id}"
