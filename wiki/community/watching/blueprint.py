"""The blueprint of watches and notifications."""

from flask import Blueprint, request

from wiki.access.permissions import current_viewer
from wiki.rate_limits import count_attempt

watching = Blueprint("watching", __name__)

CHANGE_RATE = "60 per minute"  # changes of one person's watches, preferences and read marks


@watching.before_request
def limit_changes() -> None:
    """Limits the rate of one member's changes. Raises `LimitReached`."""
    viewer = current_viewer()
    if request.method == "POST" and viewer.is_member:
        count_attempt(CHANGE_RATE, "watching", viewer.user_id, what="saves")
