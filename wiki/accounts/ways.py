"""Where one goes after signing in: only ever to a page of this wiki."""

from urllib.parse import urlsplit

LONGEST = 2_000  # characters; what browsers agree on for an address


def safe_path(target: str | None) -> str | None:
    """`target` when it is a path on this host, with its query and fragment, else `None`.

    Browsers read `//host`, `/\\host` and a path with tabs or line ends in it as another host.
    """
    if not target or len(target) > LONGEST or not target.startswith("/"):
        return None
    if target.startswith("//") or "\\" in target or not target.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
