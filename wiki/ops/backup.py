"""`nexus backup` and `nexus restore`: everything a wiki on SQLite holds, in one file.

The archive (`.tar.gz` or `.zip`) holds `nexus.sqlite3`, a consistent copy taken while the wiki
goes on, and what else is in the instance folder, except what is made anew: the search index.
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
from wiki.instance.folder import TEMPORARY, sweep, temporary_folder
from wiki.instance.lock import StillRunning, lock_exclusively
from wiki.instance.restore_journal import ASIDE, JOURNAL, FileMove
from wiki.ops import archive

DATABASE = "nexus.sqlite3"  # its name in the archive, whatever it is called outside
# Made anew when absent, or of this machine alone.
LIMITS = tuple(LIMITS_FILE + ending for ending in ("", "-wal", "-shm"))
LEFT_OUT = ("search", "serve.lock", "migrate.lock", JOURNAL, *LIMITS)
SQLITE_HEADER = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
FILES = "files"  # what people sent, archives and databases among it


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
def backup(file: Path, force: bool) -> None:
    """Write everything the wiki holds into FILE (.tar.gz or .zip), while it goes on.

    FILE holds the secret key and the hashes of passwords: keep it as safe as the wiki.
    """
    settings = _sqlite_settings("back it up with: pg_dump --format=custom --file=nexus.dump")
    archive.check_archive_name(file)
    if file.exists() and not force:
        raise click.ClickException(f"{file} exists. Give another name, or --force.")
    database = settings.database_file
    if not database.exists():
        raise click.ClickException(f"There is no wiki yet: {database} doesn't exist.")
    if not file.parent.is_dir():
        raise click.ClickException(f"The folder {file.parent} doesn't exist.")
    sweep(file.parent)
    earlier: list[Path] = []
    with temporary_folder(file.parent, "backup") as folder:
        copy = folder / DATABASE
        copy_database(database, copy)
        members = [(copy, DATABASE), *_other_files(settings, database, earlier)]
        draft = folder / file.name
        archive.write(draft, members)
        draft.replace(file)
    for path in earlier:
        click.echo(f"Left out, since it is a backup itself: {path}")
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {len(members)} files, {size:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace the wiki that is there; it is put aside.")
def restore(file: Path, force: bool) -> None:
    """Bring back the wiki that FILE holds. The server must be stopped.

    What is replaced is kept in a folder `before-restore-…` in the instance folder.
    """
    # A key that this command makes on its way is nothing that was there.
    place = Path(os.environ.get("NEXUS_INSTANCE") or default_instance()) / "secret_key"
    is_new = not place.exists()
    settings = _sqlite_settings("bring it back with: pg_restore --clean --dbname=… nexus.dump")
    if is_new and place.exists():
        place.unlink()
    archive.check_archive_name(file)
    database = settings.database_file
    if database.exists() and not force:
        raise click.ClickException(
            f"There is a wiki already: {database}. With --force it is put aside and replaced."
        )
    try:
        with lock_exclusively(settings.instance):
            aside = _replace(settings, database, file)
    except StillRunning as error:
        raise click.ClickException("Nexus is running. Stop it first, then restore.") from error
    if aside is not None:
        click.echo(f"What was there before is in {aside}")
    click.echo("Restored. The search index is built anew at the next start.")


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a SQLite database that may be written meanwhile.

    A copy of the file alone would lack what stands in the write-ahead log. Raises
    `sqlite3.DatabaseError` when the source is damaged.
    """
    uri = f"{source.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True)) as here, closing(sqlite3.connect(target)) as copy:
        here.backup(copy)
        # One file, that can be read from anywhere.
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

    `earlier` is told which were left out because they are backups.
    """
    for path in sorted(settings.instance.rglob("*")):
        name = path.relative_to(settings.instance)
        is_draft = any(part.startswith(TEMPORARY) for part in name.parts)
        is_kept_out = name.parts[0] in LEFT_OUT or name.parts[0].startswith(ASIDE) or is_draft
        is_database = path.name.removesuffix("-wal").removesuffix("-shm") == database.name
        if not path.is_file() or path.is_symlink() or is_kept_out or is_database:
            continue
        if name.parts[0] != FILES and _is_backup(path):
            earlier.append(path)
            continue
        yield path, name.as_posix()


def _is_backup(path: Path) -> bool:
    """Whether a file is an archive that `nexus backup` wrote, or a copy of a database."""
    with path.open("rb") as file:
        is_copy = file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    return is_copy or archive.first_name(path) == DATABASE


def _replace(settings: Settings, database: Path, file: Path) -> Path | None:
    """Put the archive's files where the wiki is; gives the folder of what was there."""
    instance = settings.instance
    sweep(instance)
    with temporary_folder(instance, "restore") as unpacked:
        archive.read(file, unpacked)
        _check(unpacked / DATABASE, file)
        others = [path for path in unpacked.iterdir() if _is_restored(path.name)]
        logs = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
        replaced = [*logs, database, *(instance / path.name for path in others)]
        aside = instance / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        here = [path for path in dict.fromkeys([*replaced, instance / "search"]) if path.exists()]
        restore_journal.replace(
            instance,
            [
                *(FileMove(path, aside / path.name) for path in here),
                FileMove(unpacked / DATABASE, database),
                *(FileMove(path, instance / path.name) for path in others),
            ],
        )
    return aside if here else None


def _is_restored(name: str) -> bool:
    """Whether what lies so in an archive may come into the instance folder."""
    return name not in (DATABASE, *LEFT_OUT) and not name.startswith((TEMPORARY, ASIDE))


def _check(copy: Path, file: Path) -> None:
    """Refuse an archive that holds no sound database, before anything is touched."""
    if not copy.is_file():
        raise click.ClickException(f"{file} is no backup of Nexus: it holds no {DATABASE}.")
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise click.ClickException(f"The database in {file} is damaged: {verdict}")
