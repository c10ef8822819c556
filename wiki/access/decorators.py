"""Decorators that restrict views."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request
from flask_login import login_required

from wiki.access.permissions import (
    Viewer,
    can_administer,
    can_edit_somewhere,
    can_propose,
    can_review,
    current_viewer,
)
from wiki.accounts.errors import TokenForbidden
from wiki.accounts.tokens.models import TokenScope

View = TypeVar("View", bound=Callable[..., Any])


class Forbidden(PermissionError):
    """The viewer may see the object, but not do this with it."""


def check_permission(may: Callable[[Viewer], bool]) -> None:
    """Raises `Forbidden` unless the viewer `may`; for views that look up a page first.

    Raises `TokenForbidden` if they may in a browser, but not with the access token they sent.
    """
    viewer = current_viewer()
    if may(viewer):
        return
    if may(replace(viewer, is_administering=True)):
        raise TokenForbidden(TokenScope.ADMIN)
    raise Forbidden


def requires(may: Callable[[Viewer], bool]) -> Callable[[View], View]:
    """Restrict a view to those who `may`: anonymous viewers are asked to sign in, others get
    `Forbidden`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            check_permission(may)
            return view(*args, **kwargs)

        return cast(View, login_required(guarded))

    return decorate


def may_take_part(viewer: Viewer) -> bool:
    """Whether `viewer` is a member who isn’t blocked."""
    is_looking = request.method in ("GET", "HEAD", "OPTIONS")
    return viewer.is_member and (is_looking or not viewer.is_blocked)


members_only = requires(may_take_part)
own_settings = requires(lambda viewer: viewer.is_member)  # also for people who are blocked
editors_only = requires(can_edit_somewhere)
proposers_only = requires(can_propose)
reviewers_only = requires(can_review)
admins_only = requires(can_administer)
