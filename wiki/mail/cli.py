"""`nexus mail`: test the mail server; run the sender, which the server starts itself."""

import click
from flask import current_app
from flask.cli import with_appcontext

from wiki.app_state import current_settings
from wiki.database import utcnow
from wiki.mail.delivery import DeliveryFailed, deliver
from wiki.mail.kinds import TEST
from wiki.mail.message import InvalidRecipient, make_message
from wiki.mail.queue import DeliveryAttempt, new_message_id
from wiki.mail.sender import MAIL_LOCK, acquire_lock, follow, helo_hostname
from wiki.mail.sender_settings import can_mail, sender_domain
from wiki.processes.lock import Lock
from wiki.processes.modules import alive


@click.group("mail")
def mail_group() -> None:
    """Mail: test the mail server."""


@mail_group.command("test")
@click.argument("address")
@with_appcontext
def test_command(address: str) -> None:
    """Send a test mail to ADDRESS.

    It goes at once, past the queue; what the mail server answers is shown.
    """
    settings = current_settings()
    if settings.smtp_url is None:
        raise click.ClickException("No mail server is set. Set NEXUS_SMTP_URL and NEXUS_BASE_URL.")
    if not can_mail():
        raise click.ClickException(
            "Mail has no sender. Set NEXUS_MAIL_FROM, or let an administrator enter an address."
        )
    message_id = new_message_id(sender_domain())
    attempt = DeliveryAttempt(0, 1, message_id, TEST, address, {}, utcnow(), is_expired=False)
    try:
        deliver(make_message(attempt, {}), settings.smtp_url, from_host=helo_hostname())
    except InvalidRecipient as error:
        raise click.ClickException(f"{address!r} is no address.") from error
    except DeliveryFailed as failed:
        raise click.ClickException(f"{settings.smtp_url}: {failed}") from failed
    click.echo(f"{settings.smtp_url} has taken the mail.")


@mail_group.command("follow", hidden=True)
@click.option("--while", "process", type=int, default=0, help="End with this process.")
@click.option("--lock", "number", type=int, help="The lock, held by the process that started us.")
@with_appcontext
def follow_command(process: int, number: int | None) -> None:
    """Send mails until stopped; the server starts this itself."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    path = current_settings().instance / MAIL_LOCK
    held = Lock(path, number) if number is not None else acquire_lock(app)
    if held is None:
        raise click.ClickException("Another process is already sending mail.")
    follow(app, held, alive(process))
