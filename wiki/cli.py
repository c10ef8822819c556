"""The `nexus` command: the group of all commands.

Each command is imported when it is called, so that `nexus serve` only imports what it needs.
"""

import importlib
import sys
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from wiki import __version__, create_app
from wiki.setting_types.values import InvalidSetting

# Name -> module and attribute of the command, and its line in the help of `nexus`.
COMMANDS = {
    "serve": ("wiki.ops.serve:serve", "Start the server. Migrates the database first."),
    "init": ("wiki.ops.bootstrap:init", "Create or migrate the database without starting."),
    "import": (
        "wiki.git.import_command:import_command",
        "Import pages from a folder, a file or a Git repository.",
    ),
    "authors": (
        "wiki.git.authors_command:authors_group",
        "Say whose imported changes are: list, assign.",
    ),
    "export": (
        "wiki.hub.transfer.export_command:export_command",
        "Export all pages and files.",
    ),
    "apply-changes": (
        "wiki.hub.offline.apply_command:apply_command",
        "Save what was changed in the hub in one file.",
    ),
    "why": (
        "wiki.client.why_command:why_command",
        "Ask a hub about the error in what is piped.",
    ),
    "page": (
        "wiki.client.page_command:page_group",
        "Read, edit and find pages of a hub: get, edit, new and more.",
    ),
    "user": ("wiki.accounts.cli:user_group", "Manage people: create, role, password and more."),
    "search": ("wiki.search.cli:search_group", "Maintain the search index: rebuild, check."),
    "files": ("wiki.files.cli:files_group", "Maintain the file store: check, prune."),
    "rules": ("wiki.pages.protection.cli:rules_group", "Show who may read and edit: list, why."),
    "mail": ("wiki.mail.cli:mail_group", "Test the mail server."),
    "community": ("wiki.community.cli:community_group", "Tell people what has happened, now."),
    "check": (
        "wiki.pages.maintenance.cli:check_command",
        "Check the database for inconsistencies.",
    ),
    "backup": ("wiki.ops.backup:backup", "Write the whole wiki to one file."),
    "restore": ("wiki.ops.backup:restore_command", "Restore a backup."),
}


class Commands(AppGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def init_app(app: Flask) -> None:
    """Make the same commands available to `flask --app wsgi`."""
    app.cli = Commands(name=app.name)


def ready_app() -> Flask:
    """The application for a command that needs the tables; missing ones are created."""
    from wiki.database import schema  # noqa: PLC0415  # SQLAlchemy; `--help` doesn't need it

    app = create_app()
    schema.require(app)
    return app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nexus")
def nexus() -> None:
    """A wiki where a community of learners shares what it knows.

    Settings are read from environment variables such as NEXUS_INSTANCE and NEXUS_DATABASE_URL.
    docs/settings.md lists them all.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: with 2 for an invalid setting or option, 1 for a failure."""
    info = ScriptInfo(create_app=ready_app, set_debug_flag=False)
    try:
        nexus.main(args=arguments, prog_name="nexus", obj=info)
    except InvalidSetting as error:
        _end(error, 2)
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        _end(reason, 1)


def _reason(error: Exception) -> Any:
    """The message for an error with an external cause; `None` for a bug."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # see `ready_app`

    from wiki.database import StorageUnavailable  # noqa: PLC0415
    from wiki.database.errors import outage_reason  # noqa: PLC0415
    from wiki.database.schema import SchemaMismatch  # noqa: PLC0415
    from wiki.instance.restore_journal import RestoreInterrupted  # noqa: PLC0415

    if isinstance(error, SchemaMismatch | RestoreInterrupted):
        return error
    if isinstance(error, StorageUnavailable):
        return f"The database can’t be written at the moment: it is {error.reason}."
    if isinstance(error, DBAPIError) and (reason := outage_reason(error)):
        state = "doesn’t respond" if reason == "offline" else f"is {reason}"
        first_line = str(error.orig).partition("\n")[0]
        return f"The database {state}: {first_line}"
    return None


def _end(message: object, status: int) -> None:
    click.echo(f"nexus: {message}", err=True)
    sys.exit(status)
