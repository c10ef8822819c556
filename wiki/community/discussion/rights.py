"""Who may do what with a comment or a thread that they may read, as of now."""

from wiki.access.permissions import Viewer
from wiki.community.discussion.models import Comment, Thread
from wiki.community.discussion.subjects import Home


def may_edit(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Nobody puts words into the mouth of others."""
    is_there = comment.deleted_at is None and comment.erased_at is None
    return is_there and home.may_write and comment.author_id == viewer.user_id


def may_delete(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Whether it is there, and the viewer wrote it and may write there still, or moderates."""
    is_theirs = home.may_write and comment.author_id == viewer.user_id
    return comment.deleted_at is None and (is_theirs or home.may_moderate)


def may_restore(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """Moderators may bring back any comment, its author one that they deleted themselves."""
    is_theirs = home.may_write and viewer.user_id == comment.author_id == comment.deleted_by_id
    return comment.deleted_at is not None and (is_theirs or home.may_moderate)


def may_see_deleted(viewer: Viewer, comment: Comment, home: Home) -> bool:
    """What a deleted comment said is still there for its author and for moderators."""
    is_theirs = viewer.user_id is not None and comment.author_id == viewer.user_id
    return is_theirs or home.may_moderate


def may_resolve(viewer: Viewer, thread: Thread, home: Home) -> bool:
    """Whoever began a thread may say that it is settled, and moderators."""
    return home.may_moderate or (home.may_write and thread.created_by_id == viewer.user_id)
