"""Programs in web pages of other sites: browsers refuse them, except from the origins named.

No answer allows credentials: cookies are never sent from there, a token is. Source: Fetch Standard,
CORS protocol.
"""

from flask import Flask, Response, request

from wiki.app_state import current_settings, settings_of
from wiki.web.programs.api_requests import is_api_request
from wiki.web.programs.origins import read_from_elsewhere

MAX_AGE = 2 * 3600  # seconds that a browser remembers what it may send; none takes more
_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE"
_SENT = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key"


def init_app(app: Flask) -> None:
    if settings_of(app).api_origins:
        app.after_request(allow_origin)


def allow_origin(response: Response) -> Response:
    """Let pages of the named origins read this answer."""
    if not is_api_request():
        return response
    cors = read_from_elsewhere(current_settings().api_origins, request.headers.get("Origin"))
    headers = response.headers
    for name, value in cors:
        if name == "Vary":
            response.vary.add(value)
        else:
            headers[name] = value
    if "Access-Control-Allow-Origin" not in headers:
        return response
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = _METHODS
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = str(MAX_AGE)
    return response
