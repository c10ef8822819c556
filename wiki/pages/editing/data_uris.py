"""Pictures pasted into a text as `data:` URIs: they become files when the text is saved.

Browsers aren't shown any from within a text, a text has room for few, and nobody could reuse,
describe or replace them.
"""

import io
import re
from base64 import b64decode
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import unquote_to_bytes

from wiki.access.permissions import Viewer
from wiki.files import write
from wiki.files.errors import FileRefused, StoreUnavailable
from wiki.files.messages import message_of
from wiki.files.queries import get_file
from wiki.files.uploads.upload_batch import MAX_FILES
from wiki.files.urls import file_link_target
from wiki.markup.source_links import links_in
from wiki.markup.workers.complexity import is_plain

DATA_IMAGE = "data:image/"  # what the `data:` URI of a picture begins with
_DATA_URI = re.compile(rf"{DATA_IMAGE}[^\s\"'()<>]*", re.IGNORECASE)
_MAX_URIS = 1000  # in a text that is still searched for them
_MIN_PICTURE_LENGTH = 200  # characters; a shorter URI is hardly a picture, but an example of one
_EXTENSIONS = {"jpeg": "jpg", "svg+xml": "svg"}


@dataclass
class UnpackedText:
    """A text with files in place of pictures, and a message for each picture that was refused."""

    text: str
    refusals: list[str] = field(default_factory=list)


def unpack_pictures(text: str, viewer: Viewer, *, page_id: int | None) -> UnpackedText:
    """Store the pictures of `text` as files of the page, or of the library, by `viewer`.

    Each is inspected as an upload is. A refused one stays as it is, and so do all after the
    twentieth, and all of a text that takes long to parse. Raises `StorageUnavailable`.
    """
    short = _ShortenedText(text)
    if not short.uris:
        return UnpackedText(text)
    if len(short.uris) > _MAX_URIS or not is_plain(short.text):
        has_picture = any(len(uri) > _MIN_PICTURE_LENGTH for uri in short.uris.values())
        return UnpackedText(text, [message_of(FileRefused("too-complex"))] if has_picture else [])
    stored: dict[str, str] = {}  # addresses of files by `data:` URIs
    unpacked = UnpackedText("")
    pieces: list[str] = []
    done = 0
    for link in links_in(short.text, with_files=True):
        address = short.restored(link.address or "")
        if not address.lower().startswith(DATA_IMAGE):
            continue
        if address not in stored:
            stored[address] = _store(address, viewer, page_id, len(stored), unpacked.refusals)
        if stored[address]:
            pieces += short.text[done : link.begin], stored[address]
            done = link.end
    unpacked.text = short.restored("".join((*pieces, short.text[done:])))
    return unpacked


class _ShortenedText:
    """A text with a short name in place of each `data:` URI: parsers are slow on megabytes.

    `uris` says what each name stands for; they are at most `_MAX_URIS` + 1.
    """

    def __init__(self, text: str) -> None:
        self.uris: dict[str, str] = {}
        # In no text, since it is random; of a type that the parser takes for a picture's.
        self._name = f"{DATA_IMAGE}png;{token_hex(8)}."
        self.text = _DATA_URI.sub(self._shorten, text, count=_MAX_URIS + 1)

    def _shorten(self, found: "re.Match[str]") -> str:
        name = f"{self._name}{len(self.uris)}."
        self.uris[name] = found[0]
        return name

    def restored(self, text: str) -> str:
        """A part of the short text as it was."""
        return re.sub(rf"{re.escape(self._name)}\d+\.", lambda found: self.uris[found[0]], text)


def _store(uri: str, viewer: Viewer, page_id: int | None, number: int, refusals: list[str]) -> str:
    """The address of the file made of a `data:` URI; empty, with a message, when it is refused."""
    try:
        if number >= MAX_FILES:
            raise FileRefused("too-many", limit=MAX_FILES)
        name, content = decode_picture(uri)
        file_id = write.upload_file(io.BytesIO(content), name, page_id=page_id, by=viewer.user_id)
    except FileRefused as error:
        refusals.append(message_of(error))
    except StoreUnavailable:
        refusals.append(message_of(FileRefused("busy")))
    else:
        return file_link_target(get_file(viewer, file_id))
    return ""


def decode_picture(uri: str) -> tuple[str, bytes]:
    """The name and the content of the picture in a `data:` URI (RFC 2397). Raises `FileRefused`."""
    head, _, body = uri.partition(",")
    media_type, *parameters = head[len(DATA_IMAGE) :].lower().split(";")
    content = unquote_to_bytes(body)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            content = b64decode(content + b"==")  # missing padding does no harm
        except ValueError as error:
            raise FileRefused("damaged") from error
    return f"picture.{_EXTENSIONS.get(media_type, media_type)}", content
