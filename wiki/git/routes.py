"""The addresses of Git, and the job that follows the wiki."""

from datetime import timedelta

from flask import Flask

from wiki.community.notifier.registry import Job, register_job
from wiki.git import models  # noqa: F401  # the tables
from wiki.git.blueprint import git

UPDATE_INTERVAL = timedelta(seconds=2)


def init_app(app: Flask) -> None:
    from wiki.git.receiving import views as _pushing  # noqa: F401, PLC0415  # the addresses
    from wiki.git.serving import views as _cloning  # noqa: F401, PLC0415

    register_job(app, Job("git mirrors", UPDATE_INTERVAL, _update, once=False))
    app.register_blueprint(git)


def _update() -> None:
    from wiki.git.mirror.following import update_mirrors  # noqa: PLC0415  # imports dulwich

    update_mirrors()
