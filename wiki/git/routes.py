"""Registers the Git endpoints, and the job that updates the mirrors."""

from datetime import timedelta

from flask import Flask

from wiki.accounts.audit_log import register_actions
from wiki.community.notifier.registry import Job, register_job
from wiki.git import models  # noqa: F401  # the tables
from wiki.git.blueprint import git
from wiki.i18n import lazy as _l

UPDATE_INTERVAL = timedelta(seconds=2)

register_actions({"author-assigned": _l("Imported changes assigned")})


def init_app(app: Flask) -> None:
    from wiki.git.receiving import views as _pushing  # noqa: F401, PLC0415  # the addresses
    from wiki.git.serving import views as _cloning  # noqa: F401, PLC0415

    register_job(app, Job("git mirrors", UPDATE_INTERVAL, _update, once=False))
    app.register_blueprint(git)


def _update() -> None:
    from wiki.git.mirror.mirror_updater import update_mirrors  # noqa: PLC0415  # imports dulwich

    update_mirrors()
