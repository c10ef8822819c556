"""Panels that features above `pages` add to the page of a person."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.app_state import AppState

Load = Callable[[Viewer, User], Any]

_PANELS = AppState[list[tuple[str, Load]]]("person_panels", list)


def register_panel(app: Flask, template: str, load: Load) -> None:
    """Show `template` on the page of every person; it gets the result of `load` as `panel`."""
    _PANELS.of(app).append((template, load))


def person_panels(viewer: Viewer, person: User) -> Sequence[tuple[str, Any]]:
    """The templates and their data, as far as `viewer` may see them."""
    return [(template, load(viewer, person)) for template, load in _PANELS.current()]
