"""`nexus community`: run the notifier once, or as the process that the server starts."""

import click
from flask import current_app
from flask.cli import with_appcontext

from wiki.app_state import current_settings
from wiki.community.notifier import process as notifier
from wiki.processes.lock import Lock
from wiki.processes.modules import alive


@click.group("community")
def community_group() -> None:
    """Notify people of what has happened: in the wiki, by mail, by webhooks."""


@community_group.command("tell")
@with_appcontext
def notify_command() -> None:
    """Notify people now.

    Runs the jobs that are due, too; both where no server does.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    held = notifier.acquire_lock(app)
    if held is None:
        click.echo("The running server does it.")
        return
    notifier.consume_all(app)
    notifier.run_jobs(app)
    held.release()
    click.echo("Everyone has been notified.")


@community_group.command("follow", hidden=True)
@click.option("--while", "process", type=int, default=0, help="End with this process.")
@click.option("--lock", "number", type=int, help="The lock, held by the process that started us.")
@with_appcontext
def follow_command(process: int, number: int | None) -> None:
    """Notify people until stopped; the server starts this itself."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    path = current_settings().instance / notifier.NOTIFIER_LOCK
    held = Lock(path, number) if number is not None else notifier.acquire_lock(app)
    if held is None:
        raise click.ClickException("Another notifier is running.")
    notifier.follow(app, held, alive(process))
