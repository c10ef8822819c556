"""Nexus, a wiki in which a community of learners keeps what it knows."""

from flask import Flask

from wiki.config import Settings, read_settings, resource
from wiki.restore_journal import refuse_emptied

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """The application; settings come from the environment when none are given.

    Raises `wiki.config.WrongSetting`, `wiki.restore_journal.RestoreInterrupted`.
    """
    from wiki import (  # noqa: PLC0415
        addressing,
        asked,
        assets,
        cli,
        errors,
        extensions,
        features,
        frame,
        identity,
        language,
    )
    from wiki.access import guard, pace, threshold  # noqa: PLC0415

    settings = settings or read_settings()
    if settings.is_sqlite:
        refuse_emptied(settings.instance, settings.database_file)
    app = Flask(
        "wiki",
        instance_path=str(settings.instance),
        template_folder=str(resource("templates")),
        static_folder=str(resource("static")),
    )
    app.config.from_mapping(settings.flask_config())
    app.extensions["nexus"] = settings
    addressing.init_app(app, settings)
    threshold.init_app(app)
    extensions.init_app(app)
    language.init_app(app)
    frame.init_app(app, settings)
    assets.init_app(app)
    identity.init_app(app)
    guard.init_app(app)
    pace.init_app(app)
    asked.init_app(app)
    errors.init_app(app)
    features.init_app(app)
    cli.init_app(app)
    return app
