"""How many requests a program may make, which every answer tells.

Counted before each request for the whole wiki, members by themselves and strangers by address.
Saves and histories have limits of their own besides, as in a browser. Source: R. Polli et al.,
"RateLimit header fields for HTTP" (IETF draft 10, 2025).
"""

import time
from math import ceil

from flask import Response, g, request
from limits import RateLimitItem, parse

from wiki.access.permissions import current_viewer
from wiki.rate_limits import LimitReached, address_key, limiter, request_window

MEMBERS = parse("600 per minute")  # as many as a program reads page by page without a pause
STRANGERS = parse("300 per minute")  # a class sits behind one address


def count_request() -> None:
    """Raises `LimitReached`."""
    if not limiter.enabled or request.method == "OPTIONS":
        return
    user_id = current_viewer().user_id
    item = STRANGERS if user_id is None else MEMBERS
    key = address_key() if user_id is None else f"user {user_id}"
    window = request_window(item, f"api/{key}")
    g.api_window = item, window.remaining, max(0.0, window.reset_at - time.time())
    if not window.is_allowed:
        raise LimitReached(max(1.0, window.reset_at - time.time()))


def tell_limit(response: Response) -> Response:
    """What is left of the limit."""
    if "api_window" in g:
        item, remaining, seconds = g.api_window
        response.headers["RateLimit-Policy"] = f'"requests";q={item.amount};w={_window(item)}'
        response.headers["RateLimit"] = f'"requests";r={remaining};t={ceil(seconds)}'
    return response


def _window(item: RateLimitItem) -> int:
    return int(item.get_expiry())
