"""`nexus export`: pages as Markdown files and their attached files, which `nexus import` reads
back.
"""

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.permissions import Viewer, anonymous_viewer
from wiki.accounts.models import Role
from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.hub.markdown_file import file_of_path, write_markdown_page
from wiki.hub.transfer.file_transfer import (
    INDEX,
    ListedFile,
    WriteFile,
    export_files,
    list_all_files,
)
from wiki.hub.transfer.progress import progress
from wiki.hub.transfer.redirect_transfer import export_redirects
from wiki.hub.transfer.relative_links import RelativeLinks
from wiki.hub.transfer.single.single_export import export_single
from wiki.hub.transfer.site.builder import SiteBuilder
from wiki.pages.maintenance.transfer import ExportedPage, iterate_pages, list_paths
from wiki.pages.writing.frontmatter import FieldsTooLong

# Whoever can run commands on the host can read everything anyway.
HOST_VIEWER = Viewer(role=Role.ADMIN)
FIRST_ZIP_TIME = datetime(1980, 1, 1, tzinfo=UTC)  # zip archives store no earlier time
# Which pages a site contains: the public ones, those for anybody with an account, or all.
AUDIENCES: dict[str, Callable[[], Viewer]] = {
    "public": anonymous_viewer,
    "members": lambda: Viewer(role=Role.READER),
    "everything": lambda: HOST_VIEWER,
}


def name_files(paths: Mapping[int, str], used: Iterable[str]) -> dict[int, str]:
    """A file name for each page id; `used` are names that no page may have."""
    taken = {name.casefold() for name in used}
    return {page_id: _free(file_of_path(path), taken) for page_id, path in paths.items()}


def export_pages(
    write: WriteFile,
    names: Mapping[int, str],
    *,
    text_of: Callable[[ExportedPage], str],
    report: Callable[[str], None],
    progress: Callable[[int], None],
) -> dict[int, str]:
    """Write the pages in `names`; returns their paths by id.

    A page renamed in the meantime keeps its file name and declares its path in the file.
    `report` is called with the paths that can’t be exported.
    """
    done: dict[int, str] = {}
    for page in iterate_pages(HOST_VIEWER):
        if page.id not in names:  # created in the meantime
            continue
        name = names[page.id]
        content = replace(page.content, text=text_of(page))
        try:
            written = write_markdown_page(page.path, content, name)
        except FieldsTooLong:
            report(page.path)
            continue
        write(name, io.BytesIO(written.encode()), page.updated_at)
        done[page.id] = page.path
        progress(len(done))
    return done


def _as_written(page: ExportedPage) -> str:
    return page.content.text


def _free(name: str, used: set[str]) -> str:
    """`name`, or a similar one that no other file has on a case-insensitive disk."""
    stem, number = name.removesuffix(".md"), 1
    while name.casefold() in used:
        number += 1
        name = f"{stem}-{number}.md"
    used.add(name.casefold())
    return name


@contextmanager
def folder_writer(root: Path) -> Iterator[WriteFile]:
    """Yields a function that writes files below `root`, replacing files of the same name."""

    def write(name: str, content: IO[bytes], _time: datetime) -> None:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            shutil.copyfileobj(content, target)

    root.mkdir(parents=True, exist_ok=True)
    yield write


@contextmanager
def zip_writer(target: Path) -> Iterator[WriteFile]:
    """Yields a function that adds files to a zip, which appears at `target` once it is complete."""
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:

            def write(name: str, content: IO[bytes], time: datetime) -> None:
                changed = max(time.astimezone(UTC), FIRST_ZIP_TIME)
                info = zipfile.ZipInfo(name, changed.timetuple()[:6])
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w", force_zip64=True) as member:
                    shutil.copyfileobj(content, member)

            yield write
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _export_markdown(
    write: WriteFile,
    listed: list[ListedFile],
    links: str,
    report: Callable[[str], None],
    report_progress: Callable[[int], None],
) -> tuple[int, int]:
    """Returns the number of pages and of files."""
    paths = list_paths(HOST_VIEWER)
    names = name_files(paths, [INDEX, *(file.path for file in listed)])
    relative = RelativeLinks(HOST_VIEWER, paths, names, {file.id: file.path for file in listed})
    text_of = relative.rewritten if links == "relative" else _as_written
    pages = export_pages(write, names, text_of=text_of, report=report, progress=report_progress)
    export_redirects(pages, write)
    return len(pages), export_files(HOST_VIEWER, listed, pages, write)


def _refuse_existing(path: Path) -> None:
    """Raises `click.ClickException` if `path` is an existing zip or a folder that isn’t empty."""
    if path.exists() if _is_zip(path) else path.is_dir() and any(path.iterdir()):
        raise click.ClickException(
            _("%(path)s already exists. Choose another name, or add --overwrite.", path=path)
        )


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


@contextmanager
def _explained_failures(path: Path) -> Iterator[None]:
    """Turns errors while reading or writing into a message that names the cause."""
    try:
        yield
    except (ContentMissing, StoreUnavailable) as error:
        message = _("A file can’t be read: %(why)s. For details, run: nexus files check", why=error)
        raise click.ClickException(message) from error
    except OSError as error:
        message = _("%(path)s can’t be written: %(why)s", path=path, why=error.strerror)
        raise click.ClickException(message) from error


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Overwrite existing files. Nothing is deleted.")
@click.option(
    "--links",
    type=click.Choice(["wiki", "relative"]),
    default="wiki",
    show_default=True,
    help="Leave links as they are written, or make them relative to each file.",
)
@click.option("--html", is_flag=True, help="A site that browsers read without a server.")
@click.option("--single", is_flag=True, help="One file to read, search and edit without a server.")
@click.option(
    "--audience",
    type=click.Choice(list(AUDIENCES)),
    default="public",
    show_default=True,
    help="With --html or --single: the audience whose pages are exported.",
)
@click.option("--as", "username", help="With --single: the pages that this person reads.")
@with_appcontext
def export_command(
    path: Path,
    *,
    overwrite: bool,
    links: str,
    html: bool,
    single: bool,
    audience: str,
    username: str | None,
) -> None:
    """Export all pages and files to PATH: a folder, or a file if its name ends in .zip.

    Each page becomes a Markdown file with its title, kind and tags as YAML front matter. Attached
    files go below files/, where the pages link to them. `nexus import` reads both. With
    --links relative, links work on GitHub, in Obsidian and in MkDocs as well. With --html,
    the pages that anybody may read become a site, whose front page is index.html. With --single
    they become one HTML file, in which they can be changed; `nexus apply-changes` takes the
    changes back.
    """
    if single:
        export_single(path, AUDIENCES[audience](), username, is_overwriting=overwrite)
        return
    if not overwrite:
        _refuse_existing(path)
    refused: list[str] = []
    viewer = AUDIENCES[audience]() if html else HOST_VIEWER
    if not viewer.may_read:
        raise click.ClickException(
            _("Nobody reads this wiki without signing in. Choose --audience members.")
        )
    with (
        _explained_failures(path),
        (zip_writer if _is_zip(path) else folder_writer)(path) as write,
        progress(_("Exporting")) as show,
    ):
        listed = list_all_files(viewer)
        if html:
            count, file_count = SiteBuilder(viewer, listed, write).build(show)
        else:
            count, file_count = _export_markdown(write, listed, links, refused.append, show)
    words = _(
        "%(pages)s and %(files)s",
        pages=ngettext("%(num)s page", "%(num)s pages", count),
        files=ngettext("%(num)s file", "%(num)s files", file_count),
    )
    click.echo(_("%(what)s are in %(path)s", what=words, path=path))
    too_long = _("its fields are too long for front matter")
    for page_path in refused:
        click.echo(f"{page_path}: {too_long}", err=True)
    raise SystemExit(1 if refused else 0)
