"""Pictures pasted into a text as `data:` URIs: saving the text turns them into files.

The content security policy blocks pictures in `data:` URIs, texts are limited in size, and such a
picture can’t be reused, described or replaced.
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

DATA_IMAGE = "data:image/"  # start of the `data:` URI of a picture
_DATA_URI = re.compile(rf"{DATA_IMAGE}[^\s\"'()<>]*", re.IGNORECASE)
_MAX_URIS = 1000  # in one text; one with more isn't searched
_MIN_PICTURE_LENGTH = 200  # characters; a shorter URI is probably an example, not a picture
_EXTENSIONS = {"jpeg": "jpg", "svg+xml": "svg"}


@dataclass
class UnpackedText:
    """A text with files in place of pictures, and a message for each refused picture."""

    text: str
    refusals: list[str] = field(default_factory=list)


def unpack_pictures(text: str, viewer: Viewer, *, page_id: int | None) -> UnpackedText:
    """Store the pictures in `text` as files of the page, or of the library without one.

    Each is inspected like an upload. Refused pictures stay in the text, as do all after the
    twentieth, and all pictures of a text that takes long to parse. Raises `StorageUnavailable`.
    """
    short = _ShortenedText(text)
    if not short.uris:
        return UnpackedText(text)
    if len(short.uris) > _MAX_URIS or not is_plain(short.text):
        has_picture = any(len(uri) > _MIN_PICTURE_LENGTH for uri in short.uris.values())
        return UnpackedText(text, [message_of(FileRefused("too-complex"))] if has_picture else [])
    stored: dict[str, str] = {}  # URLs of files by `data:` URI
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
    """A text with a short name in place of each `data:` URI, since parsers are slow on megabytes.

    `uris` maps names to URIs, at most `_MAX_URIS` + 1.
    """

    def __init__(self, text: str) -> None:
        self.uris: dict[str, str] = {}
        # Random, so it occurs in no text; the parser accepts it as the URI of a picture.
        self._name = f"{DATA_IMAGE}png;{token_hex(8)}."
        self.text = _DATA_URI.sub(self._shorten, text, count=_MAX_URIS + 1)

    def _shorten(self, found: "re.Match[str]") -> str:
        name = f"{self._name}{len(self.uris)}."
        self.uris[name] = found[0]
        return name

    def restored(self, text: str) -> str:
        """A part of the shortened text with the original URIs."""
        return re.sub(rf"{re.escape(self._name)}\d+\.", lambda found: self.uris[found[0]], text)


def _store(uri: str, viewer: Viewer, page_id: int | None, number: int, refusals: list[str]) -> str:
    """The URL of the file made from a `data:` URI.

    If the picture is refused, returns an empty string and adds a message to `refusals`.
    """
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
            content = b64decode(content + b"==")  # in case the padding is missing
        except ValueError as error:
            raise FileRefused("damaged") from error
    return f"picture.{_EXTENSIONS.get(media_type, media_type)}", content
