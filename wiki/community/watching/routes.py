"""Registers the views of watching, the consumer that notifies people, and its jobs."""

from datetime import timedelta

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.notifier.registry import Job, register_consumer, register_job
from wiki.community.watching import inbox, inbox_views, watch_views  # noqa: F401
from wiki.community.watching.blueprint import watching
from wiki.community.watching.fan_out import NOTIFICATIONS
from wiki.community.watching.mail_values import MAILS
from wiki.community.watching.mails import queue_due_mails
from wiki.community.watching.personal_data import REFERENCES, WatchingOfPerson
from wiki.community.watching.unread import UNREAD_COUNTS, RulesWatch
from wiki.mail import kinds

_RULES_POLL = timedelta(seconds=1)  # between two checks whether access rules have changed
_MAIL_POLL = timedelta(seconds=10)  # between two checks whether mails are due


def init_app(app: Flask) -> None:
    app.register_blueprint(watching)
    register_personal_data(app, WatchingOfPerson())
    register_references(app, REFERENCES)
    register_consumer(app, NOTIFICATIONS)
    register_consumer(app, UNREAD_COUNTS)
    register_job(app, Job("unread counts", _RULES_POLL, RulesWatch().look, once=False))
    kinds.register_mails(app, MAILS)
    register_job(app, Job("mails", _MAIL_POLL, queue_due_mails, once=False))
    register_job(app, Job("old notifications", timedelta(days=1), inbox.prune))
