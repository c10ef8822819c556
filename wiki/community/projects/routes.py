"""Registers the list of projects."""

from flask import Flask

from wiki.community.projects.views import projects


def init_app(app: Flask) -> None:
    app.register_blueprint(projects)
