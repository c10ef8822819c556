"""Registers the views of groups."""

from flask import Flask

from wiki.access.groups import invitation_views, views  # noqa: F401
from wiki.access.groups.blueprint import groups
from wiki.access.models import AccessRule
from wiki.accounts.merging.references import moves, register_references


def init_app(app: Flask) -> None:
    register_references(app, [moves(AccessRule.set_by_id)])
    app.register_blueprint(groups)
