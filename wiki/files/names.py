"""Names of files: what is sent is made fit to be one, what is typed is refused when it isn't."""

import re
import unicodedata

from wiki.files.errors import FileRefused
from wiki.files.models import FILENAME_LIMIT
from wiki.naming import is_hidden, path_key

# What no file system or address takes, or what parts a path.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|#%\[\]{}^`]+')
_EXTENSION = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,12}$")
# Names that Windows keeps for devices, whatever their ending: a file of one can't be saved there.
DEVICE_NAME = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
DEFAULT_FILENAME = "file"


def sanitize_filename(sent: str) -> str:
    """A name made of what a browser sent along: any string gives one.

    Folders go, also those of Windows, and characters that can't be seen; what is too long is cut
    before its ending.
    """
    name = unicodedata.normalize("NFC", sent.replace("\\", "/")).rpartition("/")[2]
    # Joiners and marks of direction too: in a file's name they only hide its ending.
    name = "".join(c for c in name if not is_hidden(c) or c in "\t\n")
    name = " ".join(_FORBIDDEN.sub("-", name).split()).rstrip(". ").lstrip(" ")
    name = name if name.strip("-. ") else DEFAULT_FILENAME + name.strip("- ")
    name = f"_{name}" if DEVICE_NAME.match(name) else name
    ending = _EXTENSION.search(name)
    end = ending[0] if ending else ""
    return name[: len(name) - len(end)][: FILENAME_LIMIT - len(end)].rstrip(" ") + end


def check_filename(typed: str) -> str:
    """A name somebody typed.

    Raises `FileRefused`: `no-name`, `name-too-long`, `name-characters`, `name-device`.
    """
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name.strip(". "):
        raise FileRefused("no-name")
    if len(name) > FILENAME_LIMIT:
        raise FileRefused("name-too-long", limit=FILENAME_LIMIT)
    if any(map(is_hidden, name)) or _FORBIDDEN.search(name) or name != name.rstrip("."):
        raise FileRefused("name-characters")
    if DEVICE_NAME.match(name):
        raise FileRefused("name-device")
    return name


def filename_key(name: str) -> str:
    """The form by which names are compared and sought."""
    return path_key(name)[: 3 * FILENAME_LIMIT]


def numbered_filename(name: str, number: int) -> str:
    """`plan-2.png` for `plan.png`."""
    ending = _EXTENSION.search(name)
    end = ending[0] if ending else ""
    tail = f"-{number}{end}"
    return name[: len(name) - len(end)][: FILENAME_LIMIT - len(tail)] + tail


def filename_stem(name: str) -> str:
    """The name without its ending, as words: what a picture is described by at first."""
    return _EXTENSION.sub("", name)
