"""Registers the views of webhooks, their consumer and their jobs."""

from flask import Flask

from wiki.accounts.merging.references import moves, register_references
from wiki.community.webhooks import delivery_views, views  # noqa: F401
from wiki.community.webhooks.blueprint import webhooks
from wiki.community.webhooks.models import WebhookEvent
from wiki.community.webhooks.sending import auto_disable, sender


def init_app(app: Flask) -> None:
    app.register_blueprint(webhooks)
    register_references(app, [moves(WebhookEvent.actor_id)])
    sender.init_app(app)
    auto_disable.init_app(app)
