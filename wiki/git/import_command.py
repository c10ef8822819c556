"""`nexus import`: folders, archives, JSON rows, and Git repositories with their history."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from wiki.app_state import settings_of
from wiki.git.history.repository import is_address, is_repository
from wiki.hub.starter import load_starter_pages
from wiki.hub.transfer.import_command import author_named, import_path


@click.command("import")
@click.argument("source", metavar="PATH")
@click.option(
    "--update",
    is_flag=True,
    help="Make a new revision of pages that already exist with another text.",
)
@click.option("--as", "username", help="The username of the person to name as the author.")
@click.option("--branch", help="Of a repository: the branch, if it isn’t the one checked out.")
@click.option("--folder", default="", help="Of a repository: import only what is in this folder.")
@click.option("--no-history", is_flag=True, help="Of a repository: import its files as they are.")
@with_appcontext
def import_command(
    *,
    source: str,
    update: bool,
    username: str | None,
    branch: str | None,
    folder: str,
    no_history: bool,
) -> None:
    """Import pages from PATH.

    PATH is a folder or a .zip of Markdown files, or a .jsonl[.gz] file with title, path and text
    in each row. A file’s path in the folder becomes the page’s path; front matter may set title,
    kind, tags and more. Pictures and files that a page shows or links to are imported too. Pages
    imported before are skipped, so you can run a stopped import again.

    If PATH is a Git repository, or its https:// address, each commit that changed a page becomes a
    revision with its author, date and message. Run it again to take what is new.
    """
    author = author_named(username) if username else None
    _load_starter_pages()
    has_history = is_repository(source) and not no_history
    if no_history and is_address(source):
        raise click.UsageError("--no-history needs a path: clone the repository first.")
    if has_history and update:
        raise click.UsageError("--update is for files as they are, with --no-history.")
    if not has_history:
        if branch or folder:
            raise click.UsageError("--branch and --folder need a Git repository.")
        raise SystemExit(import_path(Path(source), author, is_updating=update))
    from wiki.git.history.reporting import import_history  # noqa: PLC0415  # needs a repository

    raise SystemExit(import_history(source, branch, folder, author))


def _load_starter_pages() -> None:
    """Give an empty wiki its starter pages first, as any other start would; it gets none later."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if settings_of(app).starter_pages and (count := load_starter_pages(app)):
        click.echo(f"{count} starter pages loaded.", err=True)
