"""The addresses of the community."""

from flask import Flask

from wiki.community.wanted import routes as wanted


def init_app(app: Flask) -> None:
    """Register the blueprint of each room."""
    wanted.init_app(app)
