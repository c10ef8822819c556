"""The addresses of administration."""

from flask import Flask

from wiki.admin import (
    audit_views,  # noqa: F401
    block_views,  # noqa: F401
    health_views,  # noqa: F401
    mail_views,  # noqa: F401
    people_views,  # noqa: F401
    views,  # noqa: F401
)
from wiki.admin.blueprint import admin
from wiki.admin.kinds import views as kinds  # noqa: F401
from wiki.admin.options import views as options  # noqa: F401


def init_app(app: Flask) -> None:
    app.register_blueprint(admin)
