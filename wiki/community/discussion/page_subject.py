"""Threads about pages: everybody who may read the page may read them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, select

from wiki.access.permissions import Viewer, can_discuss, can_protect, visible_to
from wiki.community.discussion.models import Thread
from wiki.community.discussion.subjects import Home
from wiki.database import db
from wiki.pages.models import Page


class PageSubject:
    """The `wiki.community.discussion.subjects.ThreadSubject` of pages."""

    def homes(self, viewer: Viewer, threads: Sequence[Thread]) -> Mapping[int, Home]:
        """By thread id: the pages that `viewer` may see now; see `ThreadSubject.homes`."""
        ids = {thread.page_id for thread in threads}
        found = db.session.scalars(select(Page).where(Page.id.in_(ids), visible_to(viewer, Page)))
        pages = {page.id: page for page in found}
        return {
            thread.id: _home(viewer, thread, page)
            for thread in threads
            if (page := pages.get(thread.page_id or 0)) and _is_there(viewer, thread, page)
        }

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `Thread`: `viewer` may see its page."""
        return exists().where(Page.id == Thread.page_id, visible_to(viewer, Page))


def _is_there(viewer: Viewer, thread: Thread, page: Page) -> bool:
    """Whether the viewer sees the thread; without comments, only its author and moderators do."""
    is_theirs = viewer.user_id is not None and thread.created_by_id == viewer.user_id
    return thread.comment_count > 0 or is_theirs or can_protect(viewer, page)


def _home(viewer: Viewer, thread: Thread, page: Page) -> Home:
    return Home(
        title=page.title,
        endpoint="discussion.thread",
        values={"thread_id": thread.id},
        may_write=can_discuss(viewer, page),
        may_moderate=can_protect(viewer, page),
        page_id=page.id,
        path=page.path,
    )
