"""Targets of redirects after signing in, which are always pages of this wiki."""

from urllib.parse import urlsplit

from flask import has_request_context, request

MAX_URL_LENGTH = 2_000  # characters; all browsers accept this much


def safe_path(target: str | None) -> str | None:
    """`target` if it is a path on this host, with query and fragment; otherwise `None`.

    Browsers interpret `//host`, `/\\host`, and a path with tabs or line ends in it as another
    host.
    """
    if not target or len(target) > MAX_URL_LENGTH or not target.startswith("/"):
        return None
    if target.startswith("//") or "\\" in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    # On a shared host, paths outside the wiki's prefix belong to others.
    root = request.script_root if has_request_context() else ""
    return target if not root or f"{parts.path}/".startswith(f"{root}/") else None
