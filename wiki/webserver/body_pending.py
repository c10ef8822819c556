"""How an application asks for a body that is still on its way.

Under another WSGI server nothing of this is there, and bodies are read as ever.
"""

from typing import Any, NoReturn

CHUNK_SIZE = 1024 * 1024  # bytes
PENDING = "nexus.body_pending"  # in the environment of a request, while its body isn't there


class BodyPending(BaseException):
    """The application wants the body, of at most `limit` bytes.

    No `Exception`: it passes through the application to the server, which calls it again.
    """

    def __init__(self, limit: int | None = None) -> None:
        super().__init__(limit)
        self.limit = limit


class PendingInput:
    """`wsgi.input` while there is nothing to read: whoever reads asks for the body."""

    def read(self, *_: Any) -> NoReturn:
        raise BodyPending

    readline = readlines = readinto = __iter__ = __next__ = read


def discard_body(environ: dict[str, Any], limit: int = 500_000_000) -> None:
    """Read a request that is refused to its end, or at most `limit` bytes of it.

    A server that answers and closes without having read resets the connection, and the browser
    never shows the answer. Ours does so by itself, and holds no thread for it.
    """
    if PENDING in environ:
        return
    stream, left = environ["wsgi.input"], limit
    while left > 0 and (part := stream.read(min(left, CHUNK_SIZE))):
        left -= len(part)


def await_body(environ: dict[str, Any], limit: int | None) -> None:
    """Go on only with the whole body. Raises `BodyPending` if it isn't there."""
    if PENDING in environ:
        raise BodyPending(limit)
