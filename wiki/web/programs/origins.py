"""Headers that allow web pages of other origins to read a response.

Source: Fetch Standard, CORS protocol.
"""

from collections.abc import Collection

ANY_ORIGIN = "*"
_READ = (
    "Content-Disposition, Content-Range, ETag, Link, Location, Retry-After, RateLimit, "
    "RateLimit-Policy, Idempotency-Replayed"
)


def cors_headers(allowed: Collection[str], origin: str | None) -> list[tuple[str, str]]:
    """The headers for a response to `origin`, which is `None` if the request has none.

    Shared caches store one response for everybody, so if any origin is allowed the headers are
    always sent, otherwise the response varies by origin.
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
