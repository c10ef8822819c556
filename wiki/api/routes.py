"""Registers the API with its errors, limits and cross-origin rules."""

from datetime import timedelta
from importlib.util import find_spec

from flask import Flask

from wiki.accounts.merging.references import drops, register_references
from wiki.api import cross_origin
from wiki.api.blueprint import api
from wiki.api.challenges import views as challenges  # noqa: F401
from wiki.api.discussion import views as discussion  # noqa: F401
from wiki.api.errors import init_errors
from wiki.api.files import views as files  # noqa: F401
from wiki.api.history import views as history  # noqa: F401
from wiki.api.idempotency.models import IdempotencyKey
from wiki.api.idempotency.replay import prune
from wiki.api.openapi import views as openapi
from wiki.api.pages import views as pages  # noqa: F401
from wiki.api.people import views as people  # noqa: F401
from wiki.api.proposals import views as proposals  # noqa: F401
from wiki.api.request_limits import add_limit_headers, count_request
from wiki.api.rules import views as rules  # noqa: F401
from wiki.api.search import views as search  # noqa: F401
from wiki.api.sessions import views as sessions  # noqa: F401
from wiki.api.watches import views as watches  # noqa: F401
from wiki.community.notifier.registry import Job, register_job

# Once per process: a blueprint takes no more routes once it is registered.
init_errors(api)
api.before_request(count_request)
api.after_request(add_limit_headers)


def init_app(app: Flask) -> None:
    register_job(app, Job("idempotency keys", timedelta(hours=6), prune))
    register_references(app, [drops(IdempotencyKey.user_id)])
    app.register_blueprint(api)
    app.register_blueprint(openapi.api_reference)
    if find_spec("strawberry"):  # only with the optional dependencies
        from wiki.api.graphql.views import graphql  # noqa: PLC0415

        app.register_blueprint(graphql)
    cross_origin.init_app(app)
