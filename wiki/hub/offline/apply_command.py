"""`nexus apply-changes`: applies the changes made in a single-file hub."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from wiki.access.decorators import Forbidden
from wiki.access.viewers import viewers_of
from wiki.accounts.users import user_by_name
from wiki.hub.offline.apply_changes import apply_changes
from wiki.hub.offline.change_file import ChangesRefused, read_changes
from wiki.hub.offline.results import PageResult
from wiki.hub.transfer.single.change_limits import MAX_BYTES


@click.command("apply-changes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "username", required=True, help="The username of the person who made the changes."
)
@with_appcontext
def apply_command(file: Path, *, username: str) -> None:
    """Save the changes in FILE, which somebody made in a single-file hub.

    Each is merged with what others have changed since. Where the person may only read, it becomes
    a proposal; what can’t be merged becomes a draft in their account.
    """
    # Drafts are made of forms, which need a request context.
    with current_app.test_request_context("/"):
        results = _applied(file, username)
    for result in results:
        click.echo(_line(result))
    raise SystemExit(1 if any(result.is_open for result in results) else 0)


def _applied(file: Path, username: str) -> list[PageResult]:
    user = user_by_name(username)
    if user is None:
        raise click.ClickException(_("There is no user called %(name)s.", name=username))
    try:
        with file.open("rb") as stream:
            changes = read_changes(stream.read(MAX_BYTES + 1))
        viewer = viewers_of([user.id]).get(user.id)
        if viewer is None:
            raise Forbidden
        return apply_changes(changes, by=user, viewer=viewer)
    except ChangesRefused as refused:
        raise click.ClickException(refused.words) from refused
    except Forbidden as error:
        raise click.ClickException(_("%(name)s may not write here.", name=username)) from error
    except OSError as error:
        message = _("%(path)s can’t be read: %(why)s", path=file, why=error.strerror)
        raise click.ClickException(message) from error


def _line(result: PageResult) -> str:
    name = result.path or result.title
    shown = name if name.isprintable() else ascii(name)
    return f"{shown}: {result.label}{f' ({result.why})' if result.why else ''}"
