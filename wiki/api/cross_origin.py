"""Cross-origin requests: browsers refuse them, except from the origins in `NEXUS_API_ORIGINS`.

No response allows credentials, so browsers never send cookies; programs send a token instead.
Source: Fetch Standard, CORS protocol.
"""

from flask import Flask, Response, request

from wiki.app_state import current_settings, settings_of
from wiki.web.programs.api_requests import is_api_request
from wiki.web.programs.origins import cors_headers

MAX_AGE = 2 * 3600  # seconds that a browser may cache a preflight response; Chromium allows no more
_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE"
_SENT = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key"


def init_app(app: Flask) -> None:
    if settings_of(app).api_origins:
        app.after_request(allow_origin)


def allow_origin(response: Response) -> Response:
    """Let web pages of the configured origins read this response."""
    if not is_api_request():
        return response
    cors = cors_headers(current_settings().api_origins, request.headers.get("Origin"))
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
