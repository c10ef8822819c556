"""Rate limits of the API, which every response reports.

Members are counted individually, anonymous clients by IP address. Saves, histories and searches
also have the limits that apply in a browser. Source: R. Polli et al., "RateLimit header fields
for HTTP" (IETF draft 10, 2025).
"""

from math import ceil

from flask import Response, g, request

from wiki.access.permissions import current_viewer
from wiki.app_state import AppState
from wiki.rate_limits import LimitReached, address_key, limiter
from wiki.rate_limits.request_windows import WINDOW, RequestWindow, RequestWindows

MEMBERS = 600  # requests a minute, enough to read page after page without a pause
STRANGERS = 300  # requests a minute; a whole class may share one address
_WINDOWS = AppState[RequestWindows]("api_windows", RequestWindows)


def count_request() -> None:
    """Count this request. Raises `LimitReached`."""
    if not limiter.enabled or request.method == "OPTIONS":
        return
    user_id = current_viewer().user_id
    client, limit = (address_key(), STRANGERS) if user_id is None else (f"{user_id}", MEMBERS)
    window = g.api_window = _WINDOWS.current().count(client, limit)
    if window.left < 0:
        raise LimitReached(window.seconds)


def add_limit_headers(response: Response) -> Response:
    """Add the rate limit and what is left of it."""
    window: RequestWindow | None = g.get("api_window")
    if window is not None:
        left, seconds = max(0, window.left), ceil(window.seconds)
        response.headers["RateLimit-Policy"] = f'"requests";q={window.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"requests";r={left};t={seconds}'
    return response
