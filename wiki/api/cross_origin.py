"""Programs in web pages of other sites: refused by browsers, except from origins that are named.

No answer allows credentials: cookies are never sent from there, a token is. Source: Fetch Standard,
CORS protocol.
"""

from flask import Flask, Response, request

from wiki.app_state import current_settings, settings_of
from wiki.web.programs.api_requests import is_api_request

ANY_ORIGIN = "*"
MAX_AGE = 2 * 3600  # seconds that a browser remembers what it may send; none takes more
_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE"
_SENT = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key"
_READ = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed"


def init_app(app: Flask) -> None:
    if settings_of(app).api_origins:
        app.after_request(allow_origin)


def allow_origin(response: Response) -> Response:
    """Let pages of the named origins read this answer."""
    origin = request.headers.get("Origin")
    if not is_api_request():
        return response
    allowed, headers = current_settings().api_origins, response.headers
    if ANY_ORIGIN not in allowed:
        response.vary.add("Origin")
    if origin is None or not {origin, ANY_ORIGIN} & set(allowed):
        return response
    headers["Access-Control-Allow-Origin"] = ANY_ORIGIN if ANY_ORIGIN in allowed else origin
    headers["Access-Control-Expose-Headers"] = _READ
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = _METHODS
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = str(MAX_AGE)
    return response
