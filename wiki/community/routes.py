"""The addresses of the community."""

from flask import Flask

from wiki.community.discussion import routes as discussion
from wiki.community.wanted import routes as wanted


def init_app(app: Flask) -> None:
    """Register the blueprint of each room."""
    for room in (discussion, wanted):
        room.init_app(app)
