"""How the application asks for a request body that hasn't arrived yet.

Other WSGI servers don't support this; under them, bodies are read as usual.
"""

from typing import Any, NoReturn

CHUNK_SIZE = 1024 * 1024  # bytes
PENDING = "nexus.body_pending"  # in the WSGI environment while the body hasn't arrived


class BodyPending(BaseException):
    """The application needs the body, of at most `limit` bytes.

    Not an `Exception`, so that it reaches the server, which calls the application again.
    """

    def __init__(self, limit: int | None = None) -> None:
        super().__init__(limit)
        self.limit = limit


class PendingInput:
    """`wsgi.input` while the body hasn't arrived: reading raises `BodyPending`."""

    def read(self, *_: Any) -> NoReturn:
        raise BodyPending

    readline = readlines = readinto = __iter__ = __next__ = read


def discard_body(environ: dict[str, Any], limit: int = 500_000_000) -> None:
    """Read the body of a refused request to its end, or at most `limit` bytes of it.

    A server that answers and closes without having read resets the connection, and the browser
    never shows the answer. Our server does so itself, without holding a thread.
    """
    if PENDING in environ:
        return
    stream, left = environ["wsgi.input"], limit
    while left > 0 and (part := stream.read(min(left, CHUNK_SIZE))):
        left -= len(part)


def await_body(environ: dict[str, Any], limit: int | None) -> None:
    """Make sure that the whole body is there. Raises `BodyPending` if it hasn't arrived."""
    if PENDING in environ:
        raise BodyPending(limit)
