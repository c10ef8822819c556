"""Registers the discussions."""

from flask import Flask

from wiki.community.discussion import views  # noqa: F401
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.models import PAGE_ROOM
from wiki.community.discussion.page_room import PageRoom
from wiki.community.discussion.rooms import register_room


def init_app(app: Flask) -> None:
    register_room(app, PAGE_ROOM, PageRoom())
    app.register_blueprint(discussion)
