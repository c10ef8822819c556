"""The URLs of pages."""

from urllib.parse import quote

from flask import request

HOME = "/wiki/"
_SAFE = "!$&'()*+,/:;=@"  # in a path, by RFC 3986, section 3.3


def page_url(path: str) -> str:
    """The URL at which a page is read: as from `url_for`, in a tenth of the time."""
    return f"{request.script_root}{HOME}{quote(path, safe=_SAFE)}"
