"""`nexus authors`: assigns imported changes to accounts."""

import click
from flask.cli import AppGroup

from wiki.accounts.errors import UserNotFound
from wiki.git.history.imported_authors import (
    AuthorNotFound,
    assign_author,
    count_changes_of,
    list_authors,
)

authors_group = AppGroup("authors", help="Assign imported changes to accounts.")


@authors_group.command("list")
def list_command() -> None:
    """List the authors of imported changes who have no account.

    Columns, separated by tabs: name, number of changes.
    """
    for name, count in list_authors():
        click.echo(f"{name}\t{count}")


@authors_group.command("assign")
@click.argument("author")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Don't ask whether to do it.")
def assign_command(author: str, username: str, yes: bool) -> None:
    """Assign imported changes to an account.

    All changes by AUTHOR become changes by USERNAME. This can’t be undone.
    """
    try:
        count = count_changes_of(author)
        if not yes:
            changes = "1 change" if count == 1 else f"{count} changes"
            question = f"Give {changes} by {author} to {username}? Nobody can undo this."
            click.confirm(question, abort=True)
        count = assign_author(author, username)
    except AuthorNotFound as error:
        raise click.ClickException(
            f"There are no changes by {author!r}. To list all authors: nexus authors list"
        ) from error
    except UserNotFound as error:
        raise click.ClickException(
            f"There is no user {username!r}. To list all users: nexus user list"
        ) from error
    click.echo(f"{count} imported changes are now by {username}.")
