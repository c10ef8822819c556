"""File names: sanitizes names of uploads, and checks names that people type."""

import re
from collections.abc import Collection

from wiki.files.errors import FileRefused
from wiki.files.models import FILENAME_LIMIT
from wiki.letters import normalize
from wiki.naming import is_hidden, path_key

# Characters that file systems or URLs don't allow, or that separate parts of a path.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|#%\[\]{}^`]+')
_EXTENSION = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,12}$")
# Device names are reserved on Windows, with any extension: no file can have one.
DEVICE_NAME = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
DEFAULT_FILENAME = "file"


def sanitize_filename(sent: str) -> str:
    """A valid name from any string that a browser sent.

    Removes folders (also Windows ones) and invisible characters; shortens a long name before its
    extension.
    """
    name = normalize("NFC", sent.replace("\\", "/")).rpartition("/")[2]
    # Including joiners and direction marks, which could hide the extension.
    name = "".join(c for c in name if not is_hidden(c) or c in "\t\n")
    name = " ".join(_FORBIDDEN.sub("-", name).split()).rstrip(". ").lstrip(" ")
    name = name if name.strip("-. ") else DEFAULT_FILENAME + name.strip("- ")
    name = f"_{name}" if DEVICE_NAME.match(name) else name
    stem, end = _split_extension(name)
    return stem[: FILENAME_LIMIT - len(end)].rstrip(" ") + end


def check_filename(typed: str) -> str:
    """A name that somebody typed, with its white space normalized.

    Raises `FileRefused`: `no-name`, `name-too-long`, `name-characters`, `name-device`.
    """
    name = " ".join(normalize("NFC", typed).split())
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
    """The form of a name for comparison and search."""
    return path_key(name)[: 3 * FILENAME_LIMIT]


def free_filename(name: str, taken: Collection[str]) -> str:
    """`name`, or the first of `plan-2.png`, `plan-3.png` … that has a key not in `taken`."""
    stem, end = _split_extension(name)
    number, free = 1, name
    while filename_key(free) in taken:
        number += 1
        tail = f"-{number}{end}"
        free = stem[: FILENAME_LIMIT - len(tail)] + tail
    return free


def filename_stem(name: str) -> str:
    """The name without its extension; the default alternative text of a picture."""
    return _split_extension(name)[0]


def _split_extension(name: str) -> tuple[str, str]:
    ending = _EXTENSION.search(name)
    end = ending[0] if ending else ""
    return name.removesuffix(end), end
