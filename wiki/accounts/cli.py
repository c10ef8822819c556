"""`nexus user …`: manages users from the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup

from wiki.accounts import messages, users
from wiki.accounts.errors import AccountRefused, LastAdministrator, UserNotFound
from wiki.accounts.merging.merge import MergeRefused, merge_accounts, preview_merge
from wiki.accounts.merging.messages import merge_message
from wiki.accounts.models import Role
from wiki.accounts.registration.invitations import (
    DEFAULT_DAYS,
    INVITED_ROLES,
    MAX_DAYS,
    MAX_USES,
    InvitationNotFound,
    InvitationTerms,
    UnknownGroup,
    create_invitation,
    group_ids,
    invitations,
    revoke_invitation,
)
from wiki.accounts.registration.register import Registration, add_user
from wiki.accounts.registration_settings import registration_mode
from wiki.accounts.second_factor.factor import switch_off
from wiki.app_state import current_settings

user_group = AppGroup("user", help="Manage people and invitations.")

_roles = click.Choice([role.value for role in Role])
_from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from one line of standard input."
)


@contextmanager
def _reported_errors() -> Iterator[None]:
    """Print why something was refused, and exit with status 1."""
    try:
        yield
    except AccountRefused as refused:
        problems = refused.problems.items()
        raise click.ClickException(
            " ".join(str(messages.message(*p)) for p in problems)
        ) from refused
    except UserNotFound as error:
        raise click.ClickException(
            f"There is no user {error.username!r}. To list all users: nexus user list"
        ) from error
    except MergeRefused as error:
        raise click.ClickException(merge_message(error)) from error
    except LastAdministrator as error:
        raise click.ClickException(
            "This is the last administrator. Appoint another first: nexus user role NAME admin"
        ) from error


def _read_password(password_stdin: bool) -> str:
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask for the password. Use --password-stdin."
        )
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="Password again")
    return answer


@user_group.command("create")
@click.argument("name")
@click.option("--email", default="", help="An e-mail address, which can be used to sign in.")
@click.option(
    "--role", type=_roles, help="[default: admin for the first person, learner for others]"
)
@_from_stdin
def create(name: str, email: str, role: str | None, password_stdin: bool) -> None:
    """Add a person."""
    registration = Registration(name, _read_password(password_stdin), email)
    with _reported_errors():
        person = add_user(registration, Role(role) if role else None)
        click.echo(f"Added {person.username} as {person.role}.")


@user_group.command("role")
@click.argument("name")
@click.argument("role", type=_roles)
def role(name: str, role: str) -> None:
    """Change a person’s role."""
    with _reported_errors():
        person = users.change_user(name, Role(role))
        click.echo(f"{person.username} now has the role {person.role}.")


@user_group.command("rename")
@click.argument("name")
@click.argument("new_name")
@click.option("--email", help="The new e-mail address; an empty one removes it.")
def rename_command(name: str, new_name: str, email: str | None) -> None:
    """Rename a person.

    Their contributions show the new name, too.
    """
    with _reported_errors():
        person = users.rename_user(name, new_name, email=email)
        click.echo(f"{person.username} now signs in under this name.")
        click.echo("To remove the former name from the search index: nexus search rebuild")


@user_group.command("merge")
@click.argument("name")
@click.argument("into")
@click.option("--yes", is_flag=True, help="Don’t ask whether to do it.")
def merge_command(name: str, into: str, yes: bool) -> None:
    """Merge two accounts of one person.

    Everything of NAME becomes that of INTO, for good. NAME is closed then, and leads to INTO.
    """
    with _reported_errors():
        preview = preview_merge(name, into, by=None)
        source, target = preview.source.username, preview.target.username
        click.echo(f"What will belong to {target}: {', '.join(preview.moved) or 'nothing'}.")
        if preview.block:
            click.echo(f"{source} is blocked. {target} will be, too.")
        if not yes:
            click.confirm(f"Merge {source} into {target}? Nobody can undo this.", abort=True)
        merge_accounts(source, target, by=None)
        click.echo(f"{source} has been merged into {target}.")
        click.echo("To remove the former name from the search index: nexus search rebuild")


@user_group.command("password")
@click.argument("name")
@_from_stdin
def password(name: str, password_stdin: bool) -> None:
    """Set a person’s password.

    Signs them out everywhere.
    """
    with _reported_errors():
        person = users.set_password(name, _read_password(password_stdin))
        click.echo(f"{person.username} has a new password and is signed out everywhere.")


@user_group.command("forget-second-factor")
@click.argument("name")
def forget_second_factor(name: str) -> None:
    """Switch off a person’s second factor.

    For somebody who has lost their phone and the recovery codes.
    """
    with _reported_errors():
        person = users.get_user(name)
        shown = person.username
        if not switch_off(person.id, by=None):
            raise click.ClickException(f"{shown} has no second factor.")
        click.echo(f"{shown} signs in without a code from now on.")


@user_group.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Disable an account. The person can’t sign in; their contributions stay."""
    with _reported_errors():
        person = users.change_user(name, is_enabled=False)
        click.echo(f"{person.username} is signed out and can no longer sign in.")


@user_group.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Enable a disabled account."""
    with _reported_errors():
        person = users.change_user(name, is_enabled=True)
        click.echo(f"{person.username} can sign in again.")


@user_group.command("list")
def list_people() -> None:
    """List all people.

    Columns, separated by tabs: name, role, e-mail address, date of registration.
    """
    for person in users.list_users():
        state = person.role if person.is_enabled else f"{person.role}, disabled"
        since = person.created_at.date().isoformat()
        click.echo("\t".join((person.username, state, person.email or "-", since)))


@user_group.command("invite")
@click.option("--note", default="", help="A label, such as the name of a class.")
@click.option(
    "--people",
    type=click.IntRange(1, MAX_USES),
    help="How many people can use it.  [default: any number]",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    help="For how many days it is valid.",
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in INVITED_ROLES]),
    default=Role.LEARNER.value,
    show_default=True,
    help="The role of those who register with it.",
)
@click.option(
    "--group", "groups", multiple=True, help="A group that they join; may be given several times."
)
def invite_command(
    note: str, people: int | None, days: int, role: str, groups: tuple[str, ...]
) -> None:
    """Create an invitation link."""
    if registration_mode() == "closed":
        raise click.ClickException(
            "Registration is closed, even with an invitation. Open it at /admin/options, or by "
            "NEXUS_REGISTRATION=invite."
        )
    try:
        terms = InvitationTerms(note, people, days, Role(role), group_ids(groups))
    except UnknownGroup as error:
        raise click.ClickException(f"There is no group {error.args[0]!r}.") from error
    token = create_invitation(terms)
    address = current_app.url_map.bind("localhost").build("accounts.register", {"invite": token})
    click.echo(current_settings().base_url + address)
    whoever = f"Up to {people} people" if people else "Anyone"
    click.echo(f"{whoever} with this link can register within {days} days.", err=True)
    if not current_settings().base_url:
        click.echo("Put the address of your wiki in front of it, or set NEXUS_BASE_URL.", err=True)


@user_group.command("invitations")
def list_invitations() -> None:
    """List all invitations.

    Columns, separated by tabs: number, note, uses, state, end date, role, groups.
    """
    for found in invitations():
        came = f"{found.used}/{found.allowed or '-'}"
        until = found.ends_at.date().isoformat()
        into = ", ".join(group.name for group in found.groups) or "-"
        columns = (str(found.id), found.note or "-", came, found.state, until, found.role, into)
        click.echo("\t".join(columns))


@user_group.command("revoke")
@click.argument("number", type=int)
def revoke_command(number: int) -> None:
    """Revoke an invitation."""
    try:
        revoke_invitation(number)
    except InvitationNotFound as error:
        raise click.ClickException(
            f"There is no invitation {number}. To list all of them: nexus user invitations"
        ) from error
    click.echo(f"Invitation {number} has been revoked.")
