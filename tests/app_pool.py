"""Applications that one test leaves to the next one with the same settings.

Making an application and its first answers takes as long as most tests. What one test did must not
be seen by the next: each has an instance and a database of its own, and whatever the application
keeps in memory for itself begins anew. One that a test has changed is not used again.
"""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask

from wiki.app_state import SETTINGS, settings_of
from wiki.config import Settings
from wiki.database import db
from wiki.database.connections import listen_to_engine
from wiki.files.storage.content_store import CONTENT_STORE
from wiki.files.storage.folder_store import FolderStore
from wiki.rate_limits import limiter
from wiki.search.index.index_folder import search_folder
from wiki.search.service import SEARCH, Search

MOST = 6  # applications that are kept, of those that were used last

# What belongs to one test and is made anew, or is the mark of an application that has answered.
_OWN = {"instance_path", "config", "extensions", "_got_first_request"}


@dataclass
class _Made:
    """An application, and what it was like when it was made."""

    app: Flask
    key: tuple[object, ...] = field(init=False)
    shape: dict[str, object] = field(init=False)

    def __post_init__(self) -> None:
        self.key = _key(settings_of(self.app))
        self.config = dict(self.app.config)
        self.extensions = _copy(dict(self.app.extensions))
        self.threads = threading.active_count()
        self.shape = _shape(self.app)

    def is_reusable(self) -> bool:
        """Whether no test has changed it, and nobody is at work in it."""
        shape = _shape(self.app)
        own = set(settings_of(self.app).flask_config())
        config = {name: value for name, value in self.app.config.items() if name not in own}
        return (
            threading.active_count() <= self.threads
            and all(shape.get(name) == was for name, was in self.shape.items())
            and config == {name: self.config[name] for name in self.config if name not in own}
        )

    def begin_anew(self, settings: Settings) -> Flask:
        """Give it the instance and the database of `settings`, and no memory."""
        app = self.app
        app._got_first_request = False
        app.instance_path = str(settings.instance)
        app.config.clear()
        app.config.update(self.config | settings.flask_config())
        app.extensions.clear()
        app.extensions.update(_copy(self.extensions))
        SETTINGS.put(app, settings)
        SEARCH.put(app, Search(search_folder(app)))
        CONTENT_STORE.put(app, FolderStore(settings.instance / "files"))
        limiter.enabled = settings.rate_limits
        self._connect()
        self.threads = threading.active_count()
        return app

    def _connect(self) -> None:
        app = self.app
        functions = list(app.teardown_appcontext_funcs)
        processors = list(app.shell_context_processors)
        del app.extensions["sqlalchemy"], db._app_engines[app]
        db.init_app(app)
        app.teardown_appcontext_funcs[:] = functions
        app.shell_context_processors[:] = processors
        with app.app_context():
            listen_to_engine(db.engine)


class AppPool:
    """Applications that nobody uses at the moment."""

    def __init__(self) -> None:
        self._used: dict[Flask, _Made] = {}
        self._free: list[_Made] = []

    def acquire(self, settings: Settings) -> Flask | None:
        """One with these settings, on the instance and the database that they name."""
        key = _key(settings)
        for made in self._free:
            if made.key == key:
                self._free.remove(made)
                self._used[made.app] = made
                return made.begin_anew(settings)
        return None

    def add(self, app: Flask) -> None:
        """Note that `app` was made for this test, and may be reused when it ends."""
        settings = settings_of(app)
        # A limit's store is one for the whole process, a store of files may be anywhere.
        if not settings.rate_limits and not settings.files_store:
            self._used[app] = _Made(app)

    def release(self, app: Flask) -> None:
        made = self._used.pop(app, None)
        if made is not None and made.is_reusable():
            self._free = [made, *self._free[: MOST - 1]]


def _key(settings: Settings) -> tuple[object, ...]:
    """What differs between applications that can't stand for each other."""
    return settings.is_sqlite, replace(settings, instance=Path(), database_url="sqlite:///x")


def _shape(app: Flask) -> dict[str, object]:
    """What tests might change of an application: its attributes, routes and templates' names."""
    own = {name: _copy(value) for name, value in vars(app).items() if name not in _OWN}
    names = _copy({**app.jinja_env.globals, **app.jinja_env.filters, **app.jinja_env.tests})
    return {**own, "routes": len(app.url_map._rules), "names": names}


def _copy(value: Any) -> Any:
    """`value` with copies of the containers in it."""
    if type(value).__name__ in ("dict", "defaultdict"):
        return {key: _copy(each) for key, each in value.items()}
    if type(value) in (list, set, tuple):
        return type(value)(_copy(each) for each in value)
    return value
