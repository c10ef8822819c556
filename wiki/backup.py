"""`nexus backup` and `nexus restore`: everything a wiki on SQLite holds, in one file.

The archive (`.tar.gz` or `.zip`) holds `nexus.sqlite3`, a consistent copy taken while the wiki
goes on, and what else is in the instance folder, except what is made anew: the search index.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from wiki import archive
from wiki.config import LIMITS_FILE, Settings, read_settings
from wiki.running import StillRunning, have_alone

DATABASE = "nexus.sqlite3"  # its name in the archive, whatever it is called outside
ASIDE = "before-restore-"  # what a restore replaced, kept until somebody deletes it
# Made anew when absent, or of this machine alone.
LIMITS = tuple(LIMITS_FILE + ending for ending in ("", "-wal", "-shm"))
LEFT_OUT = ("search", "serve.lock", "migrate.lock", *LIMITS)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
def backup(file: Path, force: bool) -> None:
    """Write everything the wiki holds into FILE (.tar.gz or .zip), while it goes on.

    FILE holds the secret key and the hashes of passwords: keep it as safe as the wiki.
    """
    settings = _sqlite_settings("back it up with: pg_dump --format=custom --file=nexus.dump")
    archive.check_name(file)
    if file.exists() and not force:
        raise click.ClickException(f"{file} exists. Give another name, or --force.")
    database = database_path(settings)
    if not database.exists():
        raise click.ClickException(f"There is no wiki yet: {database} doesn't exist.")
    if not file.parent.is_dir():
        raise click.ClickException(f"The folder {file.parent} doesn't exist.")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".nexus-backup-") as folder:
        copy = Path(folder) / DATABASE
        copy_database(database, copy)
        members = [(copy, DATABASE), *_other_files(settings, database)]
        draft = Path(folder) / file.name
        archive.write(draft, members)
        draft.replace(file)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {len(members)} files, {size:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace the wiki that is there; it is put aside.")
def restore(file: Path, force: bool) -> None:
    """Bring back the wiki that FILE holds. The server must be stopped.

    What is replaced is kept in a folder `before-restore-…` in the instance folder.
    """
    settings = _sqlite_settings("bring it back with: pg_restore --clean --dbname=… nexus.dump")
    archive.check_name(file)
    database = database_path(settings)
    if database.exists() and not force:
        raise click.ClickException(
            f"There is a wiki already: {database}. With --force it is put aside and replaced."
        )
    try:
        with have_alone(settings.instance):
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


def database_path(settings: Settings) -> Path:
    """Where the SQLite database of `settings` is."""
    return (settings.instance / (make_url(settings.database_url).database or "")).resolve()


def _sqlite_settings(instead: str) -> Settings:
    settings = read_settings()
    if not settings.is_sqlite:
        raise click.ClickException(
            f"This wiki is in PostgreSQL: {instead}\nKeep a copy of {settings.instance} with it."
        )
    return settings


def _other_files(settings: Settings, database: Path) -> Iterator[tuple[Path, str]]:
    """The instance's files beside the database, and their names in the archive."""
    for path in sorted(settings.instance.rglob("*")):
        name = path.relative_to(settings.instance)
        is_draft = any(part.startswith(".nexus-") for part in name.parts)
        is_kept_out = name.parts[0] in LEFT_OUT or name.parts[0].startswith(ASIDE) or is_draft
        is_database = path.name.removesuffix("-wal").removesuffix("-shm") == database.name
        if path.is_file() and not path.is_symlink() and not is_kept_out and not is_database:
            yield path, name.as_posix()


def _replace(settings: Settings, database: Path, file: Path) -> Path | None:
    """Put the archive's files where the wiki is; gives the folder of what was there."""
    with tempfile.TemporaryDirectory(dir=settings.instance, prefix=".nexus-restore-") as folder:
        unpacked = Path(folder)
        archive.read(file, unpacked)
        _check(unpacked / DATABASE, file)
        logs = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
        replaced = [settings.instance / path.name for path in unpacked.iterdir()]
        aside = _put_aside(
            settings.instance, [database, *logs, *replaced, settings.instance / "search"]
        )
        database.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(unpacked / DATABASE, database)
        for path in unpacked.iterdir():
            shutil.move(path, settings.instance / path.name)
    return aside


def _put_aside(instance: Path, paths: list[Path]) -> Path | None:
    """Move what is there of `paths` out of the way: a restore of the wrong file is undone."""
    here = [path for path in dict.fromkeys(paths) if path.exists()]
    if not here:
        return None
    aside = instance / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    aside.mkdir()
    for path in here:
        shutil.move(path, aside / path.name)
    return aside


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
