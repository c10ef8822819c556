"""Pictures pasted into a text itself, as `data:` addresses: they become files at the save.

No browser is shown one from within a text, a text has room for few, and nobody could use, describe
or replace them.
"""

import io
import re
from base64 import b64decode
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import unquote_to_bytes

from wiki.access import Viewer
from wiki.files import write
from wiki.files.errors import FileRefused, StoreUnavailable
from wiki.files.messages import message_of
from wiki.files.queries import get_file
from wiki.files.uploads import MAX_FILES
from wiki.files.urls import file_link_target
from wiki.markup.source_links import links_in
from wiki.markup.workers.complexity import is_plain

BEGINNING = "data:image/"
_INLINED = re.compile(rf"{BEGINNING}[^\s\"'()<>]*", re.IGNORECASE)
_MOST = 1000  # that a text may hold and still be looked through
_MENTION = 200  # characters; what is shorter is hardly a picture, but spoken of
_ENDINGS = {"jpeg": "jpg", "svg+xml": "svg"}


@dataclass
class Unpacked:
    """A text with files where pictures stood in it, and what was told of those that stay."""

    text: str
    refused: list[str] = field(default_factory=list)


def unpack_pictures(text: str, viewer: Viewer, *, page_id: int | None) -> Unpacked:
    """Store the pictures of `text` as files of the page, or of the library, by `viewer`.

    Each is examined as an upload is. What is refused stays as it is, and so do those after the
    twentieth, and all of a text that takes long to look through. Raises `StorageUnavailable`.
    """
    short = _Shortened(text)
    if not short.whole:
        return Unpacked(text)
    if len(short.whole) > _MOST or not is_plain(short.text):
        is_there = any(len(each) > _MENTION for each in short.whole.values())
        return Unpacked(text, [message_of(FileRefused("too-complex"))] if is_there else [])
    made: dict[str, str] = {}  # by the address in the text
    unpacked = Unpacked("")
    pieces: list[str] = []
    done = 0
    for link in links_in(short.text, with_files=True):
        address = short.restored(link.address or "")
        if not address.lower().startswith(BEGINNING):
            continue
        if address not in made:
            made[address] = _stored(address, viewer, page_id, len(made), unpacked.refused)
        if made[address]:
            pieces += short.text[done : link.begin], made[address]
            done = link.end
    unpacked.text = short.restored("".join((*pieces, short.text[done:])))
    return unpacked


class _Shortened:
    """A text with a short name for each picture that stands in it: parsers are slow on megabytes.

    `whole` tells what each name stands for; there are at most `_MOST` and one.
    """

    def __init__(self, text: str) -> None:
        self.whole: dict[str, str] = {}
        # What no text holds; of a type that the parser takes for a picture's.
        self._name = f"{BEGINNING}png;{token_hex(8)}."
        self.text = _INLINED.sub(self._shorten, text, count=_MOST + 1)

    def _shorten(self, found: "re.Match[str]") -> str:
        name = f"{self._name}{len(self.whole)}."
        self.whole[name] = found[0]
        return name

    def restored(self, text: str) -> str:
        """A part of the short text as it was."""
        return re.sub(rf"{re.escape(self._name)}\d+\.", lambda found: self.whole[found[0]], text)


def _stored(
    address: str, viewer: Viewer, page_id: int | None, number: int, refused: list[str]
) -> str:
    """The address of the file made of a `data:` address; empty, and a word, when there is none."""
    try:
        if number >= MAX_FILES:
            raise FileRefused("too-many", limit=MAX_FILES)
        name, content = picture_in(address)
        file_id = write.upload_file(io.BytesIO(content), name, page_id=page_id, by=viewer.user_id)
    except FileRefused as error:
        refused.append(message_of(error))
    except StoreUnavailable:
        refused.append(message_of(FileRefused("busy")))
    else:
        return file_link_target(get_file(viewer, file_id))
    return ""


def picture_in(address: str) -> tuple[str, bytes]:
    """The name and the content of what a `data:` address holds (RFC 2397). Raises `FileRefused`."""
    head, _, body = address.partition(",")
    media_type, *parameters = head[len(BEGINNING) :].lower().split(";")
    content = unquote_to_bytes(body)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            content = b64decode(content + b"==")  # what is missing at the end does no harm
        except ValueError as error:
            raise FileRefused("damaged") from error
    return f"picture.{_ENDINGS.get(media_type, media_type)}", content
