"""Typed values of which each application has one.

Flask’s `app.extensions` holds values of any type; this adds their types. Source: `web.AppKey` of
aiohttp. The feature that owns a value declares it, so that nobody has to import from a higher
layer.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from flask import Flask, current_app

from wiki.config import Settings

T = TypeVar("T")


class AppState(Generic[T]):
    """A value of each application: put there, or made by `make` on first use."""

    def __init__(self, name: str, make: Callable[[], T] | None = None) -> None:
        self._key = f"nexus.{name}"
        self._make = make

    def put(self, app: Flask, value: T) -> None:
        """Set the value of `app`."""
        app.extensions[self._key] = value

    def of(self, app: Flask) -> T:
        """The value of `app`. Raises `KeyError` if it was not put there and can’t be made."""
        if self._make is not None and self._key not in app.extensions:
            app.extensions.setdefault(self._key, self._make())  # another thread may be faster
        value: T = app.extensions[self._key]
        return value

    def current(self) -> T:
        """The value of the current application."""
        return self.of(current_app)


SETTINGS = AppState[Settings]("settings")

# The wiki's current name; `wiki.identity` provides it for the layers below.
WIKI_NAME = AppState[Callable[[], str]]("wiki_name", lambda: lambda: "Nexus")


def settings_of(app: Flask) -> Settings:
    """The settings of `app`."""
    return SETTINGS.of(app)


def current_settings() -> Settings:
    """The settings of the current application. Raises `RuntimeError` outside of its context."""
    return SETTINGS.current()


def wiki_name() -> str:
    """The current name of the wiki, for titles, mails and feeds."""
    return WIKI_NAME.current()()
