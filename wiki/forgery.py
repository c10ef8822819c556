"""Forged requests: every form carries a token; the editor's may be vouched for by the browser.

A token ends with its session. Where that would cost somebody their save, the browser's own word
that the request comes from this site suffices: no other site can make it say so.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_wtf import CSRFProtect

View = TypeVar("View", bound=Callable[..., Any])


def origin_suffices(view: View) -> View:
    """Take a request for this view without a valid token when `is_from_here` says so."""
    view.is_origin_enough = True  # type: ignore[attr-defined]
    return view


def is_from_here() -> bool:
    """Whether the browser vouches that a page of this site sent the request.

    Source: F. Valsorda, "Cross-Site Request Forgery" (2025), the algorithm of Go's
    `http.CrossOriginProtection`, without its exceptions; W3C, Fetch Metadata Request Headers.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers send the former to safe origins only; a class's laptop may serve plain HTTP.
    return request.headers.get("Origin") == request.host_url.removesuffix("/")


class FormProtect(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection, with `origin_suffices`."""

    def protect(self, apply_exemptions: bool = False) -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "is_origin_enough", False) and is_from_here():
            g.csrf_valid = True  # what the forms ask
            return
        super().protect(apply_exemptions)
