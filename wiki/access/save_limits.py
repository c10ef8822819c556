"""Rate limits for saving, so that a script can’t fill the disk.

Applied before each request rather than in the views, so that no view can be forgotten.
"""

from flask import Flask, request

from wiki.access.permissions import REVIEWERS, Viewer, can_propose, can_review, current_viewer
from wiki.config import MEGABYTE
from wiki.rate_limits import count_attempt
from wiki.web.programs.api_requests import SAFE_METHODS

SAVE_RATE = "30 per minute; 600 per hour"  # nobody can write and read more than that
REVIEWER_SAVE_RATE = "120 per minute; 2400 per hour"  # since reviewers clean up after others
REVIEWER_QUOTA_FACTOR = 10  # times the quota of others
DRAFT_RATE = "60 per minute"  # three times what one open editor sends
TOGGLE_RATE = "60 per minute"  # people tick off task lists quickly
MANAGE_RATE = "60 per minute; 1000 per hour"  # groups, sessions, tokens, what administrators do

# POST requests that aren't saves, or have their own limit.
_BOUNDS = {
    "pages.save_draft": DRAFT_RATE,
    "pages.tick_task": TOGGLE_RATE,
    "pages.mark_looked_at": TOGGLE_RATE,
    "pages.preview": None,
    "files.receive": None,
    "api.create_session": None,
    "api.add_file": None,
    "api.add_thread": None,
    "api.add_comment": None,
    "api.update_comment": None,
    "api.remove_comment": None,
    "api.settle": None,
    "api.add_vote": None,
    "api.remove_vote": None,
    "api.add_watch": TOGGLE_RATE,
    "api.remove_watch": TOGGLE_RATE,
    "api.set_rule": None,
    "api.remove_rule": None,
}
_MANAGING = frozenset({"accounts", "admin", "groups"})
_API_MANAGING = frozenset({"api.create_session", "api.set_rule", "api.remove_rule"})
_UNCOUNTED = frozenset({"accounts.logout"})
_LOOKING = frozenset({"preview", "changes", "kind"})  # the editor's buttons that don't save


def init_app(app: Flask) -> None:
    """Count every request that saves something with `limit_saves`."""
    app.before_request(limit_saves)


def quota_in_bytes(megabytes: int, role: str | None) -> int:
    """The bytes that a user with `role` may store, if the quota is `megabytes`."""
    return megabytes * MEGABYTE * (REVIEWER_QUOTA_FACTOR if role in REVIEWERS else 1)


def limit_saves() -> None:
    """Count this request if it is a save. Raises `LimitReached`."""
    is_api = request.blueprint == "api"
    if request.method in SAFE_METHODS if is_api else request.method != "POST":
        return
    if request.blueprint in _MANAGING or request.endpoint in _API_MANAGING:
        _limit_managing()
    if request.blueprint not in ("pages", "files", "proposals", "api"):
        return
    viewer = current_viewer()
    if not can_propose(viewer):
        return  # the view will refuse it
    limits, what = _bound(), request.endpoint
    if limits == SAVE_RATE:
        what = "saves"
        limits = REVIEWER_SAVE_RATE if can_review(viewer) else SAVE_RATE
    if limits:
        count_attempt(limits, what, viewer.user_id, what="saves")


def count_save(viewer: Viewer) -> None:
    """Count one of many pages that are saved together, against the hourly limit only.

    Raises `LimitReached`.
    """
    limits = REVIEWER_SAVE_RATE if can_review(viewer) else SAVE_RATE
    count_attempt(limits.partition("; ")[2], "saves", viewer.user_id, what="saves")


def _limit_managing() -> None:
    """Count a change of groups, accounts or the wiki; anonymous clients have separate limits."""
    viewer = current_viewer()
    if viewer.is_member and request.endpoint not in _UNCOUNTED:
        count_attempt(MANAGE_RATE, "changes", viewer.user_id)


def _bound() -> str | None:
    endpoint = request.endpoint or ""
    if endpoint in _BOUNDS:
        return _BOUNDS[endpoint]
    if request.blueprint == "api":
        return SAVE_RATE
    return DRAFT_RATE if request.form.get("action") in _LOOKING else SAVE_RATE
