"""Access tokens in the `Authorization` header. Requests with a token have no cookies.

Cookies sent with a token are removed before the application sees them, so that a session can’t add
to the token’s permissions, and no session is started.
"""

from base64 import b64decode
from binascii import Error as InvalidBase64
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN_PREFIX = "nexus_"  # noqa: S105  # lets scanners find published tokens
_SENT_TOKEN = "nexus.sent_token"  # noqa: S105  # in the WSGI environment
_AROUND = " \t\r\n\f\v\u00a0\ufeff\ufffd\"'`“”‘’«»<>"  # often copied along with a token


def init_app(app: Flask) -> None:
    app.wsgi_app = TokenMiddleware(app.wsgi_app)  # type: ignore[method-assign]


class TokenMiddleware:
    """WSGI middleware that takes the token out of the header, and then removes cookies."""

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._next = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if header := environ.get("HTTP_AUTHORIZATION"):
            # Servers decode headers as Latin-1, but characters copied along may be UTF-8.
            token = token_in(header.encode("latin-1", "replace").decode("utf-8", "replace"))
            if token is not None:
                environ[_SENT_TOKEN] = token
                environ.pop("HTTP_COOKIE", None)
        return self._next(environ, start_response)


def sent_token() -> str | None:
    """The token of this request, valid or not; `None` if there is none."""
    return request.environ.get(_SENT_TOKEN) if has_request_context() else None


def token_in(header: str) -> str | None:
    """The token in an `Authorization` header; `None` if it contains something else.

    With `Bearer` anything counts; with `Basic` only a password that looks like a token, since a
    proxy in front of the wiki may use passwords. Accepts any string.
    """
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return clean_token(value)
    if scheme.lower() != "basic":
        return None
    try:
        pair = b64decode(value.strip(), validate=True).decode("utf-8", "replace")
    except (InvalidBase64, ValueError):
        return None
    password = clean_token(pair.partition(":")[2])
    return password if password.startswith(TOKEN_PREFIX) else None


def clean_token(written: str) -> str:
    """A token without spaces, line ends and quotation marks that were copied with it.

    Terminals that wrap long lines put some of them in the middle.
    """
    return "".join(written.split()).strip(_AROUND)
