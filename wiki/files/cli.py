"""`nexus files …`: checks and prunes the stored contents of files."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from wiki.app_state import current_settings
from wiki.database import utcnow
from wiki.files.page_gateway import page_gateway
from wiki.files.storage import maintenance
from wiki.files.storage.content_store import current_store
from wiki.instance.folder import delete_all_leftovers

files_group = AppGroup("files", help="Maintain the file store: check, prune.")


@files_group.command("check")
def check_command() -> None:
    """Report missing and damaged contents. Reads the content of every file."""
    count = 0
    for content_hash, word in maintenance.find_damaged(current_store()):
        count += 1
        names = ", ".join(
            f"{name} (/files/{id_})" for id_, name in maintenance.files_with_content(content_hash)
        )
        click.echo(f"{content_hash}: {word}: {names}", err=True)
    click.echo(
        f"{count} contents are missing or damaged." if count else "All contents are present."
    )
    raise SystemExit(1 if count else 0)


@files_group.command("prune")
@click.option(
    "--deleted-for",
    "days",
    type=click.IntRange(min=0),
    help="First erase the files that were deleted at least this many days ago.",
)
@click.option(
    "--now",
    "is_at_once",
    is_flag=True,
    help="Also delete contents stored within the last day. Only while nobody is uploading.",
)
def prune(days: int | None, is_at_once: bool) -> None:
    """Delete contents that no file refers to."""
    if days is not None:
        count = maintenance.purge_deleted_files(utcnow() - timedelta(days=days))
        click.echo(f"{count} deleted files erased.")
    grace = timedelta(0) if is_at_once else maintenance.PRUNE_GRACE
    click.echo(f"{maintenance.prune_contents(current_store(), grace)} contents deleted.")
    if is_at_once and days is not None:
        page_gateway().purge()
    delete_all_leftovers(current_settings().instance)
