"""Messages about what an erasure found, erased and left."""

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.files.messages import bytes_left, erasure_limits
from wiki.pages.erasure.erase import ErasureResult


def flash_erased(erased: ErasureResult) -> None:
    """Flash what was erased, and warnings about what was not."""
    numbers = ", ".join(map(str, erased.numbers)) or "–"
    flash(_("Erased permanently: revision %(numbers)s.", numbers=numbers), "ok")
    if erased.elsewhere:
        message = ngettext(
            "And %(num)s revision of another page.",
            "And %(num)s revisions of other pages.",
            erased.elsewhere,
        )
        flash(message, "ok")
    if counts := ", ".join(_counted(erased)):
        flash(_("Also erased: %(places)s.", places=counts), "ok")
    references = erased.references
    if erased.is_in_path:
        flash(_("The page’s address still contains it: rename the page, then erase again."), "warn")
    for message in list_warnings(erased):
        flash(message, "warn")
    if erased.undeleted:
        flash(bytes_left(erased.undeleted), "warn")
    if references.left:
        message = ngettext(
            "%(num)s file content still contains it, as you chose.",
            "%(num)s file contents still contain it, as you chose.",
            references.left,
        )
        flash(message, "warn")
    flash(erasure_limits(), "info")


def list_found(found: ErasureResult) -> list[str]:
    """What an erasure would reach, line by line."""
    numbers = ", ".join(map(str, found.numbers)) or "–"
    lines = [_("Texts of this page: revision %(numbers)s", numbers=numbers)]
    if found.elsewhere:
        lines.append(
            ngettext(
                "%(num)s revision of another page",
                "%(num)s revisions of other pages",
                found.elsewhere,
            )
        )
    return lines + _counted(found)


def _counted(erased: ErasureResult) -> list[str]:
    """How many other places contain it, one line per kind of place; empty kinds are left out."""
    references = erased.references
    counts = [
        (references.drafts, ngettext("%(num)s draft", "%(num)s drafts", references.drafts)),
        (
            references.held,
            ngettext(
                "%(num)s place in proposals or discussions",
                "%(num)s places in proposals or discussions",
                references.held,
            ),
        ),
        (
            references.names,
            ngettext("%(num)s file name", "%(num)s file names", references.names),
        ),
        (
            references.versions,
            ngettext("%(num)s file version", "%(num)s file versions", references.versions),
        ),
        (
            references.notes,
            ngettext(
                "%(num)s note or log entry", "%(num)s notes and log entries", references.notes
            ),
        ),
    ]
    return [label for count, label in counts if count]


def list_warnings(erased: ErasureResult) -> list[str]:
    """Places that contain it but are not changed, and what to do about them."""
    references, lines = erased.references, []
    if count := len(erased.other_paths):
        lines.append(
            ngettext(
                "The address of %(num)s other page contains it: rename that page, then erase "
                "again.",
                "The addresses of %(num)s other pages contain it: rename them, then erase again.",
                count,
            )
        )
    if count := len(references.people):
        lines.append(
            ngettext(
                "The name or e-mail address of %(num)s person contains it: change it by hand.",
                "The names or e-mail addresses of %(num)s people contain it: change them by hand.",
                count,
            )
        )
    if references.shared:
        lines.append(
            ngettext(
                "%(num)s content is also used by another file, and stays there.",
                "%(num)s contents are also used by other files, and stay there.",
                references.shared,
            )
        )
    return lines
