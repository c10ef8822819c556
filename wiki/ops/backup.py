"""`nexus backup` and `nexus restore`: everything a wiki on SQLite holds, in one file.

The archive (`.tar.gz` or `.zip`) holds `nexus.sqlite3`, a consistent copy taken while the wiki is
running, and the rest of the instance folder, except the search index and the Git repositories,
which are rebuilt.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from wiki.config import LIMITS_FILE, Settings, default_instance, read_settings
from wiki.instance import restore_journal
from wiki.instance.durable import sync
from wiki.instance.folder import TEMPORARY_PREFIX, delete_leftovers, temporary_folder
from wiki.instance.lock import InstanceInUse, lock_exclusively
from wiki.instance.restore_journal import JOURNAL, REPLACED_PREFIX, FileMove
from wiki.ops import archive
from wiki.ops.audit_entry import log_in_file

DATABASE_MEMBER = "nexus.sqlite3"  # the database's name in the archive, whatever the file is called
# Created when missing, or of use on this machine only.
RATE_LIMIT_FILES = tuple(LIMITS_FILE + ending for ending in ("", "-wal", "-shm"))
EXCLUDED = ("search", "git", "serve.lock", "migrate.lock", "mail.lock", JOURNAL, *RATE_LIMIT_FILES)
SQLITE_HEADER = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
FILES_FOLDER = "files"  # uploads, which may be archives and databases


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def backup(file: Path, force: bool) -> None:
    """Write the whole wiki to FILE (.tar.gz or .zip). The server can keep running.

    FILE contains the secret key and the password hashes: keep it as safe as the wiki itself.
    """
    settings = _sqlite_settings("back it up with: pg_dump --format=custom --file=nexus.dump")
    archive.check_archive_name(file)
    if file.exists() and not force:
        raise click.ClickException(f"{file} already exists. Choose another name, or add --force.")
    database = settings.database_file
    if not database.exists():
        raise click.ClickException(f"There is no wiki yet: {database} doesn’t exist.")
    if not file.parent.is_dir():
        raise click.ClickException(f"The folder {file.parent} doesn’t exist.")
    delete_leftovers(file.parent)
    earlier: list[Path] = []
    with temporary_folder(file.parent, "backup") as folder:
        copy = folder / DATABASE_MEMBER
        copy_database(database, copy)
        members = [(copy, DATABASE_MEMBER), *_other_files(settings, database, earlier)]
        draft = folder / file.name
        written, gone = archive.create_archive(draft, members)
        sync(draft)  # before it replaces an earlier one
        draft.replace(file)
        sync(file.parent)
    if not log_in_file(database, "backup"):
        click.echo("The audit log can’t be written: /admin/health won’t know of it.", err=True)
    for path in earlier:
        click.echo(f"Left out, because it is a backup itself: {path}")
    if gone:
        click.echo(f"Files left out, because they were deleted meanwhile: {gone}")
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {written} files, {size:.1f} MB")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace the existing wiki, which is moved aside.")
def restore_command(file: Path, force: bool) -> None:
    """Restore the wiki from FILE. Stop the server first.

    What is replaced is kept in a folder `before-restore-…` in the instance folder.
    """
    # A key that `read_settings` creates now isn't part of the previous wiki.
    place = Path(os.environ.get("NEXUS_INSTANCE") or default_instance()) / "secret_key"
    is_new = not place.exists()
    settings = _sqlite_settings("restore it with: pg_restore --clean --dbname=… nexus.dump")
    if is_new and place.exists():
        place.unlink()
    archive.check_archive_name(file)
    database = settings.database_file
    if database.exists() and not force:
        raise click.ClickException(
            f"There is already a wiki: {database}. Add --force to move it aside and replace it."
        )
    try:
        with lock_exclusively(settings.instance):
            aside = _replace_instance(settings, database, file)
    except InstanceInUse as error:
        raise click.ClickException("Nexus is running. Stop it first.") from error
    if aside is not None:
        click.echo(f"The replaced wiki is in {aside}")
    click.echo("Restored. The search index is rebuilt at the next start.")


def copy_database(source: Path, target: Path) -> None:
    """Make a consistent copy of an SQLite database that may be in use.

    Copying the file alone would miss the write-ahead log. Raises
    `sqlite3.DatabaseError` when the source is damaged.
    """
    uri = f"{source.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True)) as here, closing(sqlite3.connect(target)) as copy:
        here.backup(copy)
        # Leaves one file that can be read without its log.
        copy.execute("PRAGMA journal_mode=DELETE")


def _sqlite_settings(instead: str) -> Settings:
    settings = read_settings()
    if not settings.is_sqlite:
        raise click.ClickException(
            f"This wiki is in PostgreSQL: {instead}\nKeep a copy of {settings.instance} with it."
        )
    return settings


def _other_files(
    settings: Settings, database: Path, earlier: list[Path]
) -> Iterator[tuple[Path, str]]:
    """The instance's files beside the database, and their names in the archive.

    Files left out because they are backups are added to `earlier`.
    """
    for path in _files_below(settings.instance):
        name = path.relative_to(settings.instance)
        is_database = path.name.removesuffix("-wal").removesuffix("-shm") == database.name
        if not path.is_file() or path.is_symlink() or is_database:
            continue
        if name.parts[0] != FILES_FOLDER and _is_backup(path):
            earlier.append(path)
            continue
        yield path, name.as_posix()


def _files_below(instance: Path) -> Iterator[Path]:
    """The files in the instance folder, except those that can be rebuilt or are incomplete.

    Folders that are deleted meanwhile are skipped.
    """

    def is_kept(folder: str, name: str) -> bool:
        is_excluded = name in EXCLUDED or name.startswith(REPLACED_PREFIX)
        is_temporary = name.startswith(TEMPORARY_PREFIX)
        return not is_temporary and not (is_excluded and Path(folder) == instance)

    for folder, folders, names in os.walk(instance):
        folders[:] = sorted(each for each in folders if is_kept(folder, each))
        yield from (Path(folder, each) for each in sorted(names) if is_kept(folder, each))


def _is_backup(path: Path) -> bool:
    """Whether a file is an archive that `nexus backup` wrote, or a copy of a database."""
    try:
        with path.open("rb") as file:
            is_copy = file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except FileNotFoundError:
        return False
    return is_copy or archive.first_member(path) == DATABASE_MEMBER


def _replace_instance(settings: Settings, database: Path, file: Path) -> Path | None:
    """Replace the wiki by the archive's files; returns the folder of the previous ones, if any."""
    instance = settings.instance
    delete_leftovers(instance)
    with temporary_folder(instance, "restore") as unpacked:
        archive.extract_archive(file, unpacked)
        _check_database(unpacked / DATABASE_MEMBER, file)
        log_in_file(unpacked / DATABASE_MEMBER, "restore")
        others = [path for path in unpacked.iterdir() if _is_restored(path.name)]
        logs = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
        replaced = [*logs, database, *(instance / path.name for path in others)]
        aside = instance / f"{REPLACED_PREFIX}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        here = [
            path
            for path in dict.fromkeys([*replaced, instance / "search", instance / "git"])
            if path.exists()
        ]
        restore_journal.run_moves(
            instance,
            [
                *(FileMove(path, aside / path.name) for path in here),
                FileMove(unpacked / DATABASE_MEMBER, database),
                *(FileMove(path, instance / path.name) for path in others),
            ],
        )
    return aside if here else None


def _is_restored(name: str) -> bool:
    """Whether a file or folder of this name is restored to the instance folder."""
    is_excluded = name.startswith((TEMPORARY_PREFIX, REPLACED_PREFIX))
    return not is_excluded and name not in (DATABASE_MEMBER, *EXCLUDED)


def _check_database(copy: Path, file: Path) -> None:
    """Raises `click.ClickException` for an archive without an intact database."""
    if not copy.is_file():
        raise click.ClickException(
            f"{file} is not a backup of Nexus: it contains no {DATABASE_MEMBER}."
        )
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise click.ClickException(f"The database in {file} is damaged: {verdict}")
