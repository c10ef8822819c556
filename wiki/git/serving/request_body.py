"""The body of a request, which Git compresses if it is long."""

import zlib

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Request

_GZIP = 16 + zlib.MAX_WBITS


def body_of(request: Request, limit: int) -> bytes:
    """The uncompressed body, at most `limit` bytes long.

    Raises `BadRequest`, `RequestEntityTooLarge`.
    """
    raw = request.get_data(cache=False)
    if len(raw) > limit:
        raise RequestEntityTooLarge
    if request.headers.get("Content-Encoding") not in ("gzip", "x-gzip"):
        return raw
    decoder = zlib.decompressobj(_GZIP)
    try:
        body = decoder.decompress(raw, limit)
    except zlib.error as error:
        raise BadRequest from error
    if decoder.unconsumed_tail:
        raise RequestEntityTooLarge
    if not decoder.eof:
        raise BadRequest
    return body
