"""Prepares a wiki before the first request: tables, and starter pages if it is empty."""

import click
from flask import Flask

from wiki import create_app
from wiki.accounts.registration.setup_code import setup_announcement
from wiki.accounts.second_factor.sealing import seal_all
from wiki.app_state import settings_of
from wiki.database import db, schema
from wiki.pages.maintenance.transfer import has_pages


def is_bootstrapped(app: Flask) -> bool:
    """Whether `bootstrap` has nothing to do."""
    return schema.is_newest(app) and not _wants_starter_pages(app)


def bootstrap(app: Flask) -> None:
    """Migrate the database and fill an empty wiki; safe to run again."""
    if schema.upgrade(app):
        click.echo("The database is up to date.")
    with app.app_context():
        seal_all()
    if _wants_starter_pages(app):
        from wiki.hub.starter import load_starter_pages  # noqa: PLC0415  # once in a wiki's life

        click.echo("The wiki is empty. Loading starter pages …")
        click.echo(f"{load_starter_pages(app)} starter pages loaded.")


def print_setup_code(app: Flask) -> None:
    """Print the setup code if the first person to register has to enter one."""
    if words := setup_announcement(app):
        click.echo(words)


def _wants_starter_pages(app: Flask) -> bool:
    if not settings_of(app).starter_pages:
        return False
    with app.app_context():
        return not has_pages(db.session())


@click.command()
def init() -> None:
    """Create or migrate the database, and fill an empty wiki with starter pages.

    It can be run again at any time. `nexus serve` does the same before it starts.
    """
    app = create_app()
    bootstrap(app)
    print_setup_code(app)
    click.echo(f"The wiki’s data is in {settings_of(app).instance}")
