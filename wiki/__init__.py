"""Nexus, a wiki in which a community of learners shares its knowledge."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from wiki.config import Settings

__version__ = "0.1.0"


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Pause garbage collection: imported modules stay, and scanning them takes a fifth of the
    start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            _freeze_modules()  # or the first collection would scan all of them
            gc.enable()


@cache
def _freeze_modules() -> None:
    """Freeze imported modules, once: repeating it would take longer than making an application."""
    gc.freeze()


@_garbage_collection_paused()
def create_app(settings: Settings | None = None) -> Flask:
    """The application; settings are read from the environment if none are given.

    Raises `wiki.config.InvalidSetting`, `wiki.instance.restore_journal.RestoreInterrupted`.
    """
    # Imported here, since features, and commands without a server, import this package.
    from flask import Flask  # noqa: PLC0415

    from wiki.app_state import SETTINGS, WIKI_NAME  # noqa: PLC0415
    from wiki.config import read_settings, resource_folder  # noqa: PLC0415
    from wiki.identity.current import current_identity  # noqa: PLC0415
    from wiki.instance.restore_journal import refuse_missing_database  # noqa: PLC0415

    settings = settings or read_settings()
    if settings.is_sqlite:
        refuse_missing_database(settings.instance, settings.database_file)
    app = Flask(
        "wiki",
        instance_path=str(settings.instance),
        template_folder=str(resource_folder("templates")),
        static_folder=str(resource_folder("static")),
    )
    app.config.from_mapping(settings.flask_config())
    SETTINGS.put(app, settings)
    WIKI_NAME.put(app, lambda: current_identity().name)
    _init_parts(app, settings)
    return app


def _init_parts(app: Flask, settings: Settings) -> None:
    """Set up each part, in the order in which they handle a request."""
    from wiki import blueprints, cli, extensions, i18n  # noqa: PLC0415
    from wiki.access import (  # noqa: PLC0415
        address_blocks,
        anonymous_limits,
        busy_gate,
        early_auth,
        login_wall,
        save_limits,
    )
    from wiki.accounts.tokens import bearer  # noqa: PLC0415
    from wiki.error_pages import handlers as error_handlers  # noqa: PLC0415
    from wiki.web import (  # noqa: PLC0415
        assets,
        authorization,
        base_url,
        jinja_env,
        security_headers,
        strict_utf8,
    )
    from wiki.web.programs import api_requests  # noqa: PLC0415

    busy_gate.init_app(app, settings)
    api_requests.init_app(app)
    base_url.init_app(app, settings)
    authorization.init_app(app)
    bearer.init_app(app)
    early_auth.init_app(app)
    extensions.init_app(app)
    i18n.init_app(app)
    jinja_env.init_app(app)
    security_headers.init_app(app, settings)
    assets.init_app(app)
    login_wall.init_app(app)
    anonymous_limits.init_app(app)
    address_blocks.init_app(app)
    save_limits.init_app(app)
    strict_utf8.init_app(app)
    error_handlers.init_app(app)
    blueprints.init_app(app)
    cli.init_app(app)
