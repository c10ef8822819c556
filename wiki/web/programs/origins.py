"""What tells a browser that web pages of other origins may read an answer.

Source: Fetch Standard, CORS protocol.
"""

from collections.abc import Collection

ANY_ORIGIN = "*"
_READ = (
    "Content-Disposition, Content-Range, ETag, Link, Location, Retry-After, RateLimit, "
    "RateLimit-Policy, Idempotency-Replayed"
)


def read_from_elsewhere(allowed: Collection[str], origin: str | None) -> list[tuple[str, str]]:
    """The headers for an answer to `origin`, which is `None` if the request names none.

    Caches keep an answer for everybody, so with any origin allowed it always says so, and else that
    it depends on the origin.
    """
    if not allowed:
        return []
    is_any = ANY_ORIGIN in allowed
    headers = [] if is_any else [("Vary", "Origin")]
    if not is_any and origin not in allowed:
        return headers
    return [
        *headers,
        ("Access-Control-Allow-Origin", ANY_ORIGIN if is_any else origin or ""),
        ("Access-Control-Expose-Headers", _READ),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]
