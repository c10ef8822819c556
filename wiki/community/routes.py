"""Registers the features of the community."""

from datetime import timedelta

from flask import Flask

from wiki.accounts.merging.merge import settle_late
from wiki.community import page_events
from wiki.community.challenges import routes as challenges
from wiki.community.credit import routes as credit
from wiki.community.discussion import routes as discussion
from wiki.community.freshness import routes as freshness
from wiki.community.notifier import models as _tables  # noqa: F401
from wiki.community.notifier.registry import Job, register_job
from wiki.community.projects import routes as projects
from wiki.community.proposals import routes as proposals
from wiki.community.reminders import due_pages
from wiki.community.wanted import routes as wanted
from wiki.community.watching import routes as watching
from wiki.community.webhooks import routes as webhooks


def init_app(app: Flask) -> None:
    """Register the events and blueprints of each feature."""
    features = (
        *(page_events, credit, discussion, challenges, projects, freshness, proposals),
        *(wanted, webhooks, due_pages, watching),
    )
    for feature in features:
        feature.init_app(app)
    register_job(app, Job("merged accounts", timedelta(minutes=5), settle_late))
