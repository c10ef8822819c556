"""The messages about refused files, and their HTTP status."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from wiki.config import MEGABYTE
from wiki.database import db, is_postgresql
from wiki.files.errors import FileRefused
from wiki.i18n import lazy as _l

_STATUS = {
    "too-large": 413,
    "quota": 413,
    "unknown-type": 415,
    "mismatch": 415,
    "not-text": 415,
    "encoding": 415,
    "busy": 503,
}
_WORDS = {
    "no-file": _l("Choose a file first."),
    "too-many": _l("At most %(limit)s files at once. This one was skipped."),
    "empty": _l("The file is empty."),
    "too-large": _l("The file is %(actual)s MB; the limit is %(limit)s MB."),
    "quota": _l("You have used %(used)s of your %(limit)s MB, so it doesn’t fit."),
    "unknown-type": _l(
        "This type of file isn’t accepted. You can upload pictures (PNG, JPEG, GIF, WebP, AVIF, "
        "SVG), PDF, office documents, text and code, notebooks, zip and gz."
    ),
    "mismatch": _l(
        "Its name ends in .%(extension)s, but its content is of the kind .%(actual)s. "
        "Give it the right ending."
    ),
    "not-text": _l("Its name says it is text, but its content isn’t."),
    "encoding": _l("Its text encoding can’t be determined. Save it as UTF-8."),
    "too-many-pixels": _l(
        "The picture has too many pixels. Make it smaller, or shorten the animation."
    ),
    "too-complex": _l("It is too complex to be checked within the limits on time and memory."),
    "damaged": _l("It is damaged or incomplete."),
    "entities": _l("The SVG defines entities, which aren’t allowed. Save it as plain SVG."),
    "scripts": _l("The PDF contains scripts or actions. Print it to a new PDF."),
    "encrypted": _l("The PDF is protected with a password, so it can’t be checked."),
    "macros": _l("The document contains macros. Save it without them."),
    "busy": _l("Many files are being checked right now. Try again in a minute."),
    "one-only": _l("Choose a single file as the new version."),
    "no-picture": _l("A logo must be a PNG, JPEG, WebP or SVG picture."),
    "large-logo": _l(
        "It is too large to be loaded with every page. Simplify it or make it smaller."
    ),
    "no-name": _l("Give the file a name."),
    "name-too-long": _l("Shorten the name to %(limit)s characters."),
    "name-characters": _l('A name can’t contain / \\ : * ? " < > | # %% [ ] { } ^ ` …'),
    "name-device": _l("Windows reserves this name. Choose another one."),
}


def status_of(refused: FileRefused) -> int:
    """The HTTP status for a refused file."""
    return _STATUS.get(refused.reason, 422)


def message_of(refused: FileRefused) -> str:
    """The message about a refused file, with what to do about it."""
    words = _WORDS.get(refused.reason, _WORDS["damaged"])
    return str(words) % {name: _shown(value) for name, value in refused.details.items()}


def _shown(value: object) -> str:
    """A number of bytes in megabytes; smaller numbers are counts and stay as they are."""
    if not isinstance(value, int) or value < MEGABYTE // 100:
        return str(value)
    # Rounded up: a byte over the limit must not look like the limit itself.
    return str(format_decimal(-(-value // 1000) / 1000, format="#,##0.###"))


def bytes_left(count: int) -> str:
    """The message about contents that could not be deleted from the store."""
    words: str = ngettext(
        "%(num)s content could not be deleted from storage: run nexus files prune --now.",
        "%(num)s contents could not be deleted from storage: run nexus files prune --now.",
        count,
    )
    return words


def erasure_limits() -> str:
    """A sentence on what erasures don’t cover."""
    words: str = _(
        "This can’t reach backups, exports, before-restore folders, browser caches, search "
        "engines, feed readers, server logs and copies that somebody made."
    )
    if is_postgresql(db.session()):
        words += " " + _("PostgreSQL keeps deleted rows in its files until VACUUM FULL is run.")
    return words


def upload_too_large_message(limit: int) -> str:
    """The message about a request with files that is larger than `limit` (bytes)."""
    words: str = _(
        "All files together may have at most %(limit)s MB. Upload fewer at once.",
        limit=limit // MEGABYTE,
    )
    return words
