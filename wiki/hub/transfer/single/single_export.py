"""`nexus export --single`: writes the single-file hub to disk."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.permissions import Viewer
from wiki.access.viewers import viewers_of
from wiki.accounts.users import user_by_name
from wiki.app_state import current_settings
from wiki.hub.transfer.progress import progress
from wiki.hub.transfer.single.hub_file import HubFile, HubOrigin
from wiki.hub.transfer.single.hub_id import hub_id
from wiki.pages.queries.page_lists import pages_where


def export_single(
    path: Path, viewer: Viewer, username: str | None, *, is_overwriting: bool
) -> None:
    """Write the file for `viewer`, or for the account `username`. It appears once it is complete.

    Raises `click.ClickException`.
    """
    if path.exists() and not is_overwriting:
        raise click.ClickException(
            _("%(path)s already exists. Choose another name, or add --overwrite.", path=path)
        )
    if username:
        viewer = _viewer_named(username)
    if not viewer.may_read:
        raise click.ClickException(
            _("Nobody reads this wiki without signing in. Choose --audience members.")
        )
    pages = pages_where(viewer)
    file = HubFile(viewer, pages, HubOrigin(current_settings().base_url, hub_id()))
    try:
        with progress(_("Exporting"), len(pages)) as report_progress:
            _write(path, file, report_progress)
    except OSError as error:
        message = _("%(path)s can’t be written: %(why)s", path=path, why=error.strerror)
        raise click.ClickException(message) from error
    written = file.written
    words = _(
        "%(pages)s and %(pictures)s",
        pages=ngettext("%(num)s page", "%(num)s pages", written.pages),
        pictures=ngettext("%(num)s picture", "%(num)s pictures", written.pictures.shown),
    )
    click.echo(_("%(what)s are in %(path)s", what=words, path=path))
    if left_out := written.pictures.left_out:
        click.echo(_("%(count)s pictures were left out: they are too large", count=f"{left_out:,}"))


def _viewer_named(username: str) -> Viewer:
    user = user_by_name(username)
    viewer = viewers_of([user.id]).get(user.id) if user else None
    if viewer is None:
        raise click.ClickException(_("There is no user called %(name)s.", name=username))
    return viewer


def _write(path: Path, file: HubFile, report_progress: Callable[[int], None]) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            for piece in file.pieces(report_progress):
                stream.write(piece)
        # File permissions follow the umask, as for any file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(draft, 0o666 & ~mask)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
