"""Registers the views of administration."""

from flask import Flask

from wiki.accounts.merging.references import moves, register_references
from wiki.admin import (
    audit_views,  # noqa: F401
    block_views,  # noqa: F401
    health_views,  # noqa: F401
    mail_views,  # noqa: F401
    views,  # noqa: F401
)
from wiki.admin.blueprint import admin
from wiki.admin.kinds import views as kinds  # noqa: F401
from wiki.admin.options import views as options  # noqa: F401
from wiki.admin.people import merge_views  # noqa: F401
from wiki.admin.people import views as people  # noqa: F401
from wiki.identity.models import Hub
from wiki.kinds.models import PageKind


def init_app(app: Flask) -> None:
    register_references(app, [moves(Hub.changed_by_id), moves(PageKind.changed_by_id)])
    app.register_blueprint(admin)
