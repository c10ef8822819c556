"""Registers the views of freshness."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.freshness import page_columns, views  # noqa: F401
from wiki.community.freshness.blueprint import freshness
from wiki.community.freshness.erasure import ReasonsOfReports
from wiki.community.freshness.personal_data import REFERENCES, ReportsOfPerson
from wiki.pages.erasure.text_holders import register_texts


def init_app(app: Flask) -> None:
    app.register_blueprint(freshness)
    register_personal_data(app, ReportsOfPerson())
    register_references(app, REFERENCES)
    register_texts(app, ReasonsOfReports())
