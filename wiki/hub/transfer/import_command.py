"""`nexus import` of folders, archives and JSON rows, with its messages."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from flask_babel import gettext as _

from wiki.accounts.models import User
from wiki.accounts.users import user_by_name
from wiki.database import db
from wiki.files.errors import FileRefused, StoreUnavailable
from wiki.files.messages import message_of
from wiki.hub.transfer.file_transfer import (
    INDEX,
    ListedFile,
    import_files,
    read_file_index,
    taken_ids,
)
from wiki.hub.transfer.importer import Importer, ImportStats, ImportWarning
from wiki.hub.transfer.progress import progress
from wiki.hub.transfer.redirect_transfer import REDIRECTS, import_redirects
from wiki.hub.transfer.sources import (
    NothingToImport,
    entries_of_rows,
    entries_of_tree,
    printable,
    tree_at,
)
from wiki.hub.trees.archive_reader import SourceTree
from wiki.hub.trees.file_import import FileImporter, ReportProblem
from wiki.hub.trees.link_rewriting import PlacedFile
from wiki.i18n import lazy as _l

INTERRUPTED = 130  # the exit status after Ctrl-C

MESSAGES = {
    # Of files and rows
    "not-utf8": _l("is not UTF-8 text"),
    "not-text": _l("holds bytes that are not text"),
    "encoding": _l("is in an unknown encoding: save it as UTF-8"),
    "name-not-utf8": _l("has a name that is not UTF-8"),
    "too-long": _l("is longer than the limit for a page"),
    "too-large": _l("is larger than a file may be (NEXUS_UPLOAD_LIMIT)"),
    "unreadable": _l("can’t be read"),
    "locked": _l("is protected with a password: unpack it and import the folder"),
    "not-json": _l("is not a JSON object"),
    "no-text": _l("has no “text”"),
    "no-path": _l("has neither “title” nor “path”"),
    "unsafe-name": _l("has a name that leads outside its folder"),
    "link": _l("is a symbolic link or behind one: not followed"),
    "truncated": _l("can’t be read: the file ends too early or is damaged; what follows is lost"),
    # Of names
    "empty": _l("has an empty title or path"),
    "path-too-long": _l(
        "has a name that is too long for an address: at most 100 characters between two slashes "
        "and 250 in total"
    ),
    "title-too-long": _l("has a title longer than 200 characters"),
    "empty-segment": _l("has an empty part in its path"),
    "hidden": _l("has invisible characters in its title or path"),
    "dots": _l("has a path with a part that consists of dots only"),
    "character": _l("has a character in its path that an address can’t hold"),
    "no-slug": _l("has a title that no path can be made from: give it a path"),
    "tag-too-long": _l("has a tag that is too long"),
    "tag-hidden": _l("has a tag with invisible characters"),
    "too-many-tags": _l("has too many tags"),
    # Of pages that exist
    "duplicate": _l("already exists with another text: skipped (--update makes a new revision)"),
    "twice": _l("occurs twice in this import: skipped"),
    "conflict": _l("was changed by somebody else meanwhile: skipped; run the import again"),
    # Of the pages of a history
    "exists": _l("stands at the path of a page that came from elsewhere: left out"),
    "diverged": _l("was changed in the wiki in the same place: this commit is left out"),
    "edited": _l("was edited in the wiki, and deleted by this commit: the page stays"),
    "renamed": _l("was renamed in the wiki as well: its page stays where it is there"),
    "gone": _l("was deleted in the wiki: what has changed since is left out"),
    "path-kept": _l("can’t be moved there, since another page is at that path"),
    # Of files
    "index-damaged": _l("is damaged: the files that it lists are left out"),
    "index-too-long": _l("is longer than the limit: the files that it lists are left out"),
    "redirects-damaged": _l("is damaged: the redirects that it lists are left out"),
    "absent": _l("is listed but missing"),
    "no-page": _l("belongs to a page that doesn’t exist: skipped"),
    "id-taken": _l("has the id of another file in this wiki: skipped"),
    "category": _l("can’t be read as a description of its folder: ignored"),
    # Of front matter; the page is imported all the same
    "front-matter-too-long": _l("has very long front matter: treated as text"),
    "front-matter-malformed": _l("has front matter that can’t be read: treated as text"),
    "front-matter-aliases": _l("has references in its front matter: treated as text"),
    "front-matter-no-fields": _l("begins with a rule, not with front matter: treated as text"),
    "unknown-kind": _l("is of a kind that this wiki doesn’t have, and so may be others"),
    "front-matter-nested": _l("has nested fields in its front matter: these are left out"),
}


_NOTHING = {
    "missing": _l("%(path)s doesn’t exist."),
    "damaged": _l("%(path)s is damaged: its contents can’t be listed."),
    "too-many-files": _l(
        "%(path)s holds more than 200,000 files. Unpack it and import the folder."
    ),
    "format": _l("%(path)s is neither a folder, nor a .zip, nor a .jsonl[.gz] file."),
}


def import_path(path: Path, author: User | None, *, is_updating: bool) -> int:
    """Import the folder, zip or rows at `path` and print the counts; returns the exit status.

    Raises `click.ClickException`.
    """
    try:
        with tree_at(path) as tree:
            return _import(path, tree, author, is_updating=is_updating)
    except NothingToImport as error:
        raise click.ClickException(str(_NOTHING[str(error)]) % {"path": path}) from error


def _import(path: Path, tree: SourceTree | None, author: User | None, *, is_updating: bool) -> int:
    bad_files: list[str] = []

    def refuse(place: str, reason: str | FileRefused) -> None:
        bad_files.append(place)
        print_refusal(place, reason)

    listed: list[ListedFile] = []
    kept: dict[str, PlacedFile] = {}
    if tree is None:
        entries = entries_of_rows(path)
    else:
        listed = read_file_index(tree, report=refuse)
        renumbered = taken_ids(tree, listed)
        attached = {file.path: PlacedFile(file.id, file.name) for file in listed}
        kept = {path: placed for path, placed in attached.items() if placed.id not in renumbered}
        entries = entries_of_tree(tree, {INDEX, REDIRECTS}, attached, renumbered)
    files = FileImporter(tree, by=author, report=refuse, attached=kept)
    started = time.monotonic()
    with until_interrupted() as is_stopped, progress(_("Importing")) as show:
        importer = Importer(
            by=author,
            files=files,
            is_updating=is_updating,
            report=_print_warning,
            progress=lambda stats: show(stats.done),
            is_stopped=is_stopped,
        )
        try:
            stats = importer.run(entries)
            if tree is not None and not stats.is_stopped:
                left = [file for file in listed if not files.is_stored(file.path)]
                _import_files(tree, left, author, report=refuse)
                import_redirects(tree, report=refuse)
        except (OSError, StoreUnavailable) as error:
            message = _("A file can’t be stored: %(why)s", why=error)
            raise click.ClickException(message) from error
        finally:
            click.echo(_summary(importer.stats, time.monotonic() - started))
    if stats.is_stopped:
        click.echo(_("Stopped. Run the same command again to continue."), err=True)
        return INTERRUPTED
    return 1 if stats.bad or bad_files else 0


def _import_files(
    tree: SourceTree, listed: list[ListedFile], author: User | None, *, report: ReportProblem
) -> None:
    """Import the attached files of an export and print their number."""
    count = import_files(tree, listed, by=author, report=report)
    if listed:
        click.echo(_("%(count)s new files", count=f"{count:,}"))


def print_refusal(place: str, reason: str | FileRefused) -> None:
    """Print that something can’t be imported and why: a code, or a file’s refusal."""
    words = message_of(reason) if isinstance(reason, FileRefused) else MESSAGES.get(reason, reason)
    click.echo(f"{printable(place)}: {words}", err=True)


def author_named(username: str) -> User:
    user = user_by_name(username)
    if user is None:
        raise click.ClickException(_("There is no user called %(name)s.", name=username))
    db.session.expunge(user)
    return user


def _print_warning(remark: ImportWarning) -> None:
    about = printable(remark.detail)
    detail = f" ({about})" if about and about != remark.origin else ""
    words = MESSAGES.get(remark.reason, remark.reason)
    click.echo(f"{remark.origin}{detail}: {words}", err=True)


def _summary(stats: ImportStats, seconds: float) -> str:
    lines = [
        (_("new"), stats.created),
        (_("updated"), stats.updated),
        (_("unchanged"), stats.unchanged),
        (_("skipped: already there with another text, or occurring twice"), stats.duplicates),
        (_("not imported: see above"), stats.bad),
        (_("files that pages use"), stats.files),
        (_("other files left alone"), stats.ignored),
        (_("folders left out, such as .git and node_modules"), stats.left_out),
    ]
    shown = [f"{count:>8,}  {label}" for label, count in lines if count or label == lines[0][0]]
    speed = _("%(count)s pages in %(seconds)s s", count=f"{stats.done:,}", seconds=f"{seconds:.1f}")
    return "\n".join([speed, *shown])


@contextmanager
def until_interrupted() -> Iterator[Callable[[], bool]]:
    """Yields a function that tells whether Ctrl-C was pressed; pressing it again ends the
    process.
    """
    is_asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_asked
        is_asked = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: is_asked
    finally:
        signal.signal(signal.SIGINT, before)
