"""The blueprint of discussions, and its rate limits."""

from flask import Blueprint, request

from wiki.access.permissions import Viewer, can_review, current_viewer
from wiki.rate_limits import count_attempt

COMMENT_RATE = "10 per minute; 120 per hour"  # a lively conversation
REVIEWER_COMMENT_RATE = "30 per minute; 600 per hour"  # deleting and resolving count too
# Values of form buttons that don't write anything.
_LOOKING = frozenset({"begin", "preview"})

discussion = Blueprint("discussion", __name__)


@discussion.before_request
def limit_writing() -> None:
    """Count this request towards the rate limit if it writes. Raises `LimitReached`."""
    viewer = current_viewer()
    if request.method != "POST" or not viewer.is_member:
        return
    if request.form.get("action") not in _LOOKING:
        count_writing(viewer)


def count_writing(viewer: Viewer) -> None:
    """Count one write of a member in discussions. Raises `LimitReached`."""
    rate = REVIEWER_COMMENT_RATE if can_review(viewer) else COMMENT_RATE
    count_attempt(rate, "comments", viewer.user_id, what="saves")
