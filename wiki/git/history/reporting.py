"""The messages of `nexus import` for a Git repository."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from dulwich.errors import ObjectFormatException
from flask_babel import gettext as _

from wiki.accounts.models import User
from wiki.files.errors import StoreUnavailable
from wiki.git.history.commit_order import imported_and_new
from wiki.git.history.commits import CommitLog
from wiki.git.history.history_importer import HistoryImporter
from wiki.git.history.import_record import load_record
from wiki.git.history.pending_revisions import HistoryRewritten, HistoryStats
from wiki.git.history.repository import (
    RepositoryUnavailable,
    branch_of,
    is_address,
    open_repository,
    source_name,
)
from wiki.git.mirror.mirror_updater import updates_paused
from wiki.hub.transfer.import_command import INTERRUPTED, print_refusal, until_interrupted
from wiki.hub.transfer.progress import progress
from wiki.i18n import lazy as _l
from wiki.pages.maintenance.past_revisions import HistoryChanged

_UNAVAILABLE = {
    "missing": _l("There is no Git repository here."),
    "scheme": _l("Give the address of a repository as https://, or clone it and give the path."),
    "address": _l("%(detail)s is not the address of a repository."),
    "incomplete": _l(
        "The clone lacks files of its history. Clone it whole, without --filter, and import that."
    ),
    "offline": _l("The repository can’t be copied: %(detail)s"),
    "refused": _l("The repository asks for a password. Clone it, and import the clone."),
    "branch": _l("There is no branch called %(detail)s. Choose one with --branch."),
    "folder": _l("There is no folder called %(detail)s."),
}
_COMMITS = _l("%(label)s: %(count)s commits")
_REWRITTEN = _l(
    "What was imported before isn’t in this branch any more: its history was rewritten. Import the "
    "files as they are now with --no-history --update."
)
_REWRITTEN_THERE = _l(
    "What was imported before isn’t in this branch any more: its history was rewritten. Clone it, "
    "and import the files of the clone as they are now with --no-history --update."
)


def import_history(source: str, branch: str | None, folder: str, author: User | None) -> int:
    """Import a repository and print the counts; returns the command’s exit status.

    Files are uploaded in the name of `author`. Raises `click.ClickException`.
    """
    started = time.monotonic()
    with _explained_failures(source), open_repository(source) as repository:
        branch, tip = branch_of(repository, branch)
        folder = folder.strip("/")
        log = CommitLog(repository, tip, folder)
        record = load_record(source_name(source), branch, folder)
        imported, new = imported_and_new(repository, log, record)
        line = str(_COMMITS)
        with (
            closing(log),
            updates_paused(),
            until_interrupted() as is_stopped,
            progress(_("Importing"), len(new), line) as show,
        ):
            importer = HistoryImporter(
                *(log, record, tip),
                by=author,
                report=print_refusal,
                progress=show,
                is_stopped=is_stopped,
            )
            try:
                importer.run(imported, new)
            finally:
                click.echo(_summary(importer.stats, time.monotonic() - started))
    if importer.stats.is_stopped:
        click.echo(_("Stopped. Run the same command again to continue."), err=True)
        return INTERRUPTED
    return 1 if importer.stats.refused else 0


@contextmanager
def _explained_failures(source: str) -> Iterator[None]:
    """Turns errors that stop an import into a message that says what to do."""
    try:
        yield
    except RepositoryUnavailable as error:
        message = str(_UNAVAILABLE[error.reason]) % {"detail": error.detail}
        raise click.ClickException(message) from error
    except ObjectFormatException as error:
        raise click.ClickException(
            _("A commit can’t be read, see git fsck: %(why)s", why=error)
        ) from error
    except HistoryRewritten as error:
        words = _REWRITTEN_THERE if is_address(source) else _REWRITTEN
        raise click.ClickException(str(words)) from error
    except HistoryChanged as error:
        raise click.ClickException(
            _("People are editing these pages. Run the same command again.")
        ) from error
    except StoreUnavailable as error:
        message = _("A file can’t be stored: %(why)s", why=error)
        raise click.ClickException(message) from error


def _summary(stats: HistoryStats, seconds: float) -> str:
    lines = [
        (_("revisions"), stats.revisions),
        (_("new pages"), stats.pages),
        (_("files that pages use"), stats.files),
        (_("not imported: see above"), stats.refused),
    ]
    shown = [f"{count:>8,}  {label}" for label, count in lines if count or label == lines[0][0]]
    count = f"{stats.commits:,}"
    speed = _("%(count)s commits in %(seconds)s s", count=count, seconds=f"{seconds:.1f}")
    return "\n".join([speed, *shown])
