"""`nexus export`: every page as a Markdown file that `nexus import` reads back."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from wiki.access import Viewer
from wiki.accounts.models import Role
from wiki.hub.markdownfile import file_of_path, write_page
from wiki.hub.progress import progress
from wiki.pages.frontmatter import FieldsTooLong
from wiki.pages.transfer import all_contents

# Who may start programs where the wiki's data lie sees all of it.
HOST = Viewer(role=Role.ADMIN)

# Writes one file: its name, its text, when the page was last changed.
Write = Callable[[str, str, datetime], None]


def export_pages(
    write: Write, *, tell: Callable[[str], None], progress: Callable[[int], None]
) -> int:
    """Hand every page to `write`; returns how many. `tell` gets the paths that can't be."""
    used: set[str] = set()
    done = 0
    for page in all_contents(HOST):
        name = _free(file_of_path(page.path), used)
        try:
            write(name, write_page(page.path, page.content, name), page.updated_at)
        except FieldsTooLong:
            tell(page.path)
            continue
        done += 1
        progress(done)
    return done


def _free(name: str, used: set[str]) -> str:
    """`name`, or one like it that no other file has on a disk that knows no case."""
    stem, number = name.removesuffix(".md"), 1
    while name.casefold() in used:
        number += 1
        name = f"{stem}-{number}.md"
    used.add(name.casefold())
    return name


@contextmanager
def to_folder(root: Path) -> Iterator[Write]:
    """Writes below `root`; what stands there under the same name is replaced."""

    def write(name: str, text: str, _time: datetime) -> None:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")

    root.mkdir(parents=True, exist_ok=True)
    yield write


@contextmanager
def to_zip(target: Path) -> Iterator[Write]:
    """Writes a zip that appears at `target` when it is complete."""
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:

            def write(name: str, text: str, time: datetime) -> None:
                info = zipfile.ZipInfo(name, time.astimezone(UTC).timetuple()[:6])
                info.external_attr = 0o644 << 16
                archive.writestr(info, text.encode(), zipfile.ZIP_DEFLATED)

            yield write
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Write over what is there. Nothing is deleted.")
@with_appcontext
def export_command(path: Path, overwrite: bool) -> None:
    """Write all pages into PATH: a folder, or a file when its name ends in .zip.

    Each page becomes a Markdown file with its title, kind and tags as YAML front matter.
    `nexus import` reads both back.
    """
    is_zip = path.suffix.lower() == ".zip"
    is_there = path.exists() if is_zip else path.is_dir() and any(path.iterdir())
    if is_there and not overwrite:
        raise click.ClickException(
            _("%(path)s is there already. Choose another name, or add --overwrite.", path=path)
        )
    refused: list[str] = []
    try:
        with (to_zip if is_zip else to_folder)(path) as write, progress(_("Exporting")) as told:
            count = export_pages(write, tell=refused.append, progress=told)
    except OSError as error:
        message = _("%(path)s can't be written: %(why)s", path=path, why=error.strerror)
        raise click.ClickException(message) from error
    click.echo(_("%(count)s pages are in %(path)s", count=f"{count:,}", path=path))
    too_long = _("its fields are too long for front matter")
    for page_path in refused:
        click.echo(f"{page_path}: {too_long}", err=True)
    raise SystemExit(1 if refused else 0)
