"""The blueprint of watching and being told."""

from flask import Blueprint, request

from wiki.access.permissions import current_viewer
from wiki.rate_limits import count_attempt

watching = Blueprint("watching", __name__)

CHANGE_RATE = "60 per minute"  # of one person's watches, choices and marks


@watching.before_request
def limit_changes() -> None:
    """Count a change of what a member watches. Raises `LimitReached` when there were too many."""
    viewer = current_viewer()
    if request.method == "POST" and viewer.is_member:
        count_attempt(CHANGE_RATE, "watching", viewer.user_id, what="saves")
