"""Who gets into a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask_login import login_required

from wiki.access.permissions import can_edit, can_review, current_viewer

View = TypeVar("View", bound=Callable[..., Any])


class Forbidden(PermissionError):
    """The viewer may see it, and may not do this with it."""


def editors_only(view: View) -> View:
    """Ask for a sign-in; a reader who may not edit gets `Forbidden`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not can_edit(current_viewer()):
            raise Forbidden
        return view(*args, **kwargs)

    return cast(View, login_required(guarded))


def reviewers_only(view: View) -> View:
    """Ask for a sign-in; who doesn't review gets `Forbidden`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not can_review(current_viewer()):
            raise Forbidden
        return view(*args, **kwargs)

    return cast(View, login_required(guarded))
