"""The addresses of webhooks, and what the notifier does for them."""

from flask import Flask

from wiki.community.webhooks import delivery_views, views  # noqa: F401
from wiki.community.webhooks.blueprint import webhooks
from wiki.community.webhooks.sending import sender, switching


def init_app(app: Flask) -> None:
    app.register_blueprint(webhooks)
    sender.init_app(app)
    switching.init_app(app)
