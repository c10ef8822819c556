"""The addresses of freshness."""

from flask import Flask

from wiki.accounts.traces.personal_data import register_personal_data
from wiki.community.freshness import page_columns, views  # noqa: F401
from wiki.community.freshness.blueprint import freshness
from wiki.community.freshness.personal_data import ReportsOfPerson


def init_app(app: Flask) -> None:
    app.register_blueprint(freshness)
    register_personal_data(app, ReportsOfPerson())
