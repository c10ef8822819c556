"""Responses with the content of a file: security headers, caching, range requests."""

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from wiki.files.inspection.media_types import INLINE_TYPES, PLAIN_TEXT, SVG, family_of
from wiki.files.queries import ServedContent
from wiki.files.storage.content_store import current_store

# Regardless of how a browser interprets the content, nothing in it runs, loads or submits.
CONTENT_POLICY = "sandbox; default-src 'none'"
# An SVG picture may have styles.
SVG_POLICY = f"{CONTENT_POLICY}; style-src 'unsafe-inline'"
CACHE_FOREVER = "private, max-age=31536000, immutable"  # the content at that URL never changes
REVALIDATE = "private, no-cache"


def accepted_formats() -> tuple[str, ...]:
    """The formats in which the browser accepts smaller pictures; AVIF only if it says so."""
    accepts_avif = "image/avif" in request.headers.get("Accept", "")
    return ("image/avif", "image/webp") if accepts_avif else ("image/webp",)


def content_response(served: ServedContent, *, is_fixed: bool, is_download: bool) -> Response:
    """The content, the requested range of it, or 304.

    `is_fixed` means that the URL always refers to this content. Raises `ContentMissing`,
    `StoreUnavailable`.
    """
    if request.if_none_match.contains_weak(served.hash):
        response = Response(status=304)
        response.set_etag(served.hash)
    else:
        response = _whole_or_part(served, is_download or served.media_type not in INLINE_TYPES)
    headers = response.headers
    headers["Cache-Control"] = CACHE_FOREVER if is_fixed else REVALIDATE
    headers["Content-Security-Policy"] = SVG_POLICY if served.media_type == SVG else CONTENT_POLICY
    if "width" in request.args:
        headers["Vary"] = "Accept"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    return response


def _whole_or_part(served: ServedContent, is_download: bool) -> Response:
    stream = current_store().open(served.hash)
    response = send_file(
        stream,
        mimetype=_media_type(served),
        as_attachment=is_download,
        download_name=served.name,
        conditional=False,
        etag=served.hash,
    )
    response.content_length = served.size
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=served.size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return response


def _media_type(served: ServedContent) -> str:
    """The media type to send; all texts are sent as plain text, which browsers never interpret."""
    if family_of(served.media_type) == "text":
        return PLAIN_TEXT
    return served.media_type
