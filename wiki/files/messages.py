"""What is told of a file that can't be taken, and with which status."""

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
    "too-many": _l("At most %(limit)s files at once; this one was not looked at."),
    "empty": _l("It is empty."),
    "too-large": _l("It has %(actual)s MB; a file may have at most %(limit)s MB."),
    "quota": _l(
        "You have sent %(used)s of the %(limit)s MB that a person may keep here, "
        "and it doesn’t fit any more."
    ),
    "unknown-type": _l(
        "Files of this kind are not taken. Pictures (PNG, JPEG, GIF, WebP, AVIF, SVG), PDF, office "
        "documents, text and code, notebooks, zip and gz are."
    ),
    "mismatch": _l(
        "Its name ends in .%(extension)s, but its content is of the kind .%(actual)s. "
        "Give it the right ending."
    ),
    "not-text": _l("Its name is that of a text, but it holds bytes that stand in no text."),
    "encoding": _l("It can’t be told in which encoding its letters are. Save it as UTF-8."),
    "too-many-pixels": _l("The picture has too many pixels. Make it smaller, or cut the film."),
    "too-complex": _l("It could not be looked through in the time and memory a file is given."),
    "damaged": _l("It is damaged: it can’t be read to its end."),
    "entities": _l("The SVG defines entities, which are not taken. Save it as plain SVG."),
    "scripts": _l(
        "The PDF holds programs that run when it is opened or used. Print it to a new PDF."
    ),
    "encrypted": _l("The PDF is locked with a password, so nobody can tell what is in it."),
    "macros": _l("The document holds macros, which are programs. Save it without them."),
    "busy": _l("Many files are being looked through. Try again in a minute."),
    "one-only": _l("A new version is one file: choose a single one."),
    "no-picture": _l("A logo is a picture: PNG, JPEG, WebP or SVG."),
    "large-logo": _l("It is too large for what every page loads: simplify it, or make it smaller."),
    "no-name": _l("Give the file a name."),
    "name-too-long": _l("Shorten the name to %(limit)s characters."),
    "name-characters": _l('These can’t stand in a name: / \\ : * ? " < > | # %% [ ] { } ^ ` …'),
    "name-device": _l("Windows keeps this name for a device: choose another one."),
}


def status_of(refused: FileRefused) -> int:
    return _STATUS.get(refused.reason, 422)


def message_of(refused: FileRefused) -> str:
    """Why the file was refused, and what to do."""
    words = _WORDS.get(refused.reason, _WORDS["damaged"])
    return str(words) % {name: _shown(value) for name, value in refused.details.items()}


def _shown(value: object) -> str:
    """Bytes in megabytes; smaller numbers are numbers of something else."""
    if not isinstance(value, int) or value < MEGABYTE // 100:
        return str(value)
    # A byte over the limit must not read like the limit itself.
    return str(format_decimal(-(-value // 1000) / 1000, format="#,##0.###"))


def bytes_left(count: int) -> str:
    words: str = ngettext(
        "The store could not delete %(num)s content now: run nexus files prune --now.",
        "The store could not delete %(num)s contents now: run nexus files prune --now.",
        count,
    )
    return words


def not_reached() -> str:
    """What no erasure takes back."""
    words: str = _(
        "Not reached: backups and exports, before-restore folders, what browsers and search "
        "engines keep, feeds that were read, logs of servers, and what somebody has copied."
    )
    if is_postgresql(db.session()):
        words += " " + _("PostgreSQL keeps deleted rows in its files until VACUUM FULL is run.")
    return words


def too_much_at_once(limit: int) -> str:
    words: str = _(
        "All files together may have %(limit)s MB: send fewer at once.", limit=limit // MEGABYTE
    )
    return words
