"""How often one person may save, and how much: a script must not fill the disk.

How often is asked here and not in the views, so that none is forgotten that comes later.
"""

from flask import Flask, request

from wiki.access.permissions import REVIEWERS, can_edit, can_review, current_viewer
from wiki.rate_limits import take

SAVES = "30 per minute; 600 per hour"  # nobody reads what they save more often
SAVES_OF_REVIEWERS = "120 per minute; 2400 per hour"  # who clean up after others
ROOM_OF_REVIEWERS = 10  # times as much as others may store
MEGABYTE = 1_000_000  # bytes
DRAFTS = "60 per minute"  # of one editor that is at work, three times as many as it sends
TICKS = "60 per minute"  # a list is gone through quickly

# What is sent there is no save, or has a bound of its own.
_BOUNDS = {
    "pages.keep": DRAFTS,
    "pages.tick_task": TICKS,
    "pages.mark_looked_at": TICKS,
    "pages.preview": None,
    "files.receive": None,
}
_LOOKING = frozenset({"preview", "changes"})  # the editor's buttons that don't save


def init_app(app: Flask) -> None:
    app.before_request(limit_saves)


def quota_in_bytes(megabytes: int, role: str | None) -> int:
    """How much somebody of `role` may store where others may store so many `megabytes`."""
    return megabytes * MEGABYTE * (ROOM_OF_REVIEWERS if role in REVIEWERS else 1)


def limit_saves() -> None:
    """Count a save of this request, if it is one. Raises `LimitReached`."""
    if request.method != "POST" or request.blueprint not in ("pages", "files"):
        return
    viewer = current_viewer()
    if not can_edit(viewer):
        return  # as the view will tell
    limits, what = _bound(), request.endpoint
    if limits == SAVES:
        what = "saves"
        limits = SAVES_OF_REVIEWERS if can_review(viewer) else SAVES
    if limits:
        take(limits, what, viewer.user_id, what="saves")


def _bound() -> str | None:
    endpoint = request.endpoint or ""
    if endpoint in _BOUNDS:
        return _BOUNDS[endpoint]
    return DRAFTS if request.form.get("action") in _LOOKING else SAVES
