"""The addresses of groups."""

from flask import Flask

from wiki.access.groups import invitation_views, views  # noqa: F401
from wiki.access.groups.blueprint import groups


def init_app(app: Flask) -> None:
    app.register_blueprint(groups)
