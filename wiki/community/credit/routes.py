"""Shows credit on pages and people's profiles."""

from flask import Flask

from wiki.community.credit.bylines import byline
from wiki.community.credit.person import credit_of
from wiki.pages.history.person_panels import register_panel


def init_app(app: Flask) -> None:
    register_panel(app, "community/credit/person.html", credit_of)
    app.jinja_env.globals["byline"] = byline
