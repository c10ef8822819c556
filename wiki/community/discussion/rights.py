"""What a viewer may do now with a comment or thread that they may read."""

from wiki.access.permissions import Viewer
from wiki.community.discussion.models import Comment, Thread
from wiki.community.discussion.subjects import Home


def may_edit(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Whether the viewer may edit the comment: only its author may."""
    is_there = comment.deleted_at is None and comment.erased_at is None
    return is_there and home.may_write and comment.author_id == viewer.user_id


def may_delete(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Whether the viewer may delete the comment: its author if they may still write, moderators."""
    is_theirs = home.may_write and comment.author_id == viewer.user_id
    return comment.deleted_at is None and (is_theirs or home.may_moderate)


def may_restore(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Whether the viewer may restore it: moderators; its author if they deleted it themselves."""
    is_theirs = home.may_write and viewer.user_id == comment.author_id == comment.deleted_by_id
    return comment.deleted_at is not None and (is_theirs or home.may_moderate)


def may_see_deleted(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Whether the viewer may read a deleted comment: its author and moderators may."""
    is_theirs = viewer.user_id is not None and comment.author_id == viewer.user_id
    return is_theirs or home.may_moderate


def may_resolve(viewer: Viewer, thread: Thread, home: Home) -> bool:
    """Whether the viewer may resolve or reopen the thread: who began it and moderators may."""
    return home.may_moderate or (home.may_write and thread.created_by_id == viewer.user_id)
