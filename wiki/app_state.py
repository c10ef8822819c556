"""What each application holds one of, by name and type.

Flask's `app.extensions` holds values of any type; this gives them theirs. Source: `web.AppKey` of
aiohttp. The feature that owns a value declares it, so that nobody imports upwards to find it.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from flask import Flask, current_app

from wiki.config import Settings

T = TypeVar("T")


class AppState(Generic[T]):
    """A value of which every application has its own: put there, or made by `make` at first use."""

    def __init__(self, name: str, make: Callable[[], T] | None = None) -> None:
        self._key = f"nexus.{name}"
        self._make = make

    def put(self, app: Flask, value: T) -> None:
        """Let `app` hold this value from now on."""
        app.extensions[self._key] = value

    def of(self, app: Flask) -> T:
        """The value of `app`. Raises `KeyError` for one that `create_app` has not put there."""
        if self._make is not None and self._key not in app.extensions:
            app.extensions.setdefault(self._key, self._make())  # another thread may be quicker
        value: T = app.extensions[self._key]
        return value

    def current(self) -> T:
        """The value of the application that handles this request or command."""
        return self.of(current_app)


SETTINGS = AppState[Settings]("settings")

# What the wiki is called now. `wiki.identity` knows, a layer above some of those who ask.
WIKI_NAME = AppState[Callable[[], str]]("wiki_name", lambda: lambda: "Nexus")


def settings_of(app: Flask) -> Settings:
    """The settings with which `app` was made."""
    return SETTINGS.of(app)


def current_settings() -> Settings:
    """The settings of the current application; outside its context, a `RuntimeError`."""
    return SETTINGS.current()


def wiki_name() -> str:
    """What administrators call the wiki, as of now; for titles, mails and feeds."""
    return WIKI_NAME.current()()
