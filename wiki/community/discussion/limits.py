"""How often one person may write comments."""

from wiki.access.permissions import Viewer, can_review
from wiki.rate_limits import count_attempt

COMMENT_RATE = "10 per minute; 120 per hour"  # a lively conversation
REVIEWER_COMMENT_RATE = "30 per minute; 600 per hour"  # they also delete and resolve


def count_comment(viewer: Viewer) -> None:
    """Count a change of a discussion. Raises `LimitReached`."""
    rate = REVIEWER_COMMENT_RATE if can_review(viewer) else COMMENT_RATE
    count_attempt(rate, "comments", viewer.user_id, what="saves")
