"""The addresses of webhooks, and what the notifier does for them."""

from flask import Flask

from wiki.community.webhooks import delivery_views, views  # noqa: F401
from wiki.community.webhooks.blueprint import webhooks
from wiki.community.webhooks.sending import auto_disable, sender


def init_app(app: Flask) -> None:
    app.register_blueprint(webhooks)
    sender.init_app(app)
    auto_disable.init_app(app)
