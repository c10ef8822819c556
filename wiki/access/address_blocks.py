"""Blocked IP addresses can’t be used to register, sign in or write.

Only requests that change something are checked, so that reading costs nothing extra.
"""

from flask import Flask, request

from wiki.access.permissions import current_viewer
from wiki.accounts.blocking.blocks import Blocked, block_of_address
from wiki.accounts.models import Role
from wiki.accounts.tokens.bearer import READING_POSTS, SAFE_METHODS
from wiki.rate_limits.keys import client_address

# Harmless, and needed from blocked addresses too.
_ALLOWED = frozenset({"accounts.logout", "hub.theme", "reports.csp_report"})
# Signs people in, although the provider redirects with GET.
_CHANGING = frozenset({"accounts.openid_callback"})


def init_app(app: Flask) -> None:
    """Check every request with `refuse_blocked_addresses`."""
    app.before_request(refuse_blocked_addresses)


def refuse_blocked_addresses() -> None:
    """Raises `Blocked`. Signed-in administrators are let through, so that they can lift the
    block.
    """
    is_reading = request.method in SAFE_METHODS or request.endpoint in READING_POSTS
    if (is_reading and request.endpoint not in _CHANGING) or request.endpoint in _ALLOWED:
        return
    viewer = current_viewer()
    is_own_account = viewer.is_member and request.blueprint == "accounts"
    if viewer.role == Role.ADMIN or is_own_account:
        return
    if block := block_of_address(client_address()):
        raise Blocked(block)
