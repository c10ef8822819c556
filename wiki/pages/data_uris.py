"""Pictures pasted into a text itself, as `data:` addresses: they become files at the save.

No browser is shown one from within a text, a text has room for few, and nobody could use, describe
or replace them.
"""

import io
from base64 import b64decode
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from wiki.access import Viewer
from wiki.files import write
from wiki.files.addresses import file_address
from wiki.files.errors import Refused, StoreUnavailable
from wiki.files.read import file_at
from wiki.files.receiving import AT_ONCE
from wiki.files.words import message_of
from wiki.markup.sourcelinks import links_in

_BEGINNING = "data:image/"
_ENDINGS = {"jpeg": "jpg", "svg+xml": "svg"}


@dataclass
class Unpacked:
    """A text with files where pictures stood in it, and what was told of those that stay."""

    text: str
    refused: list[str] = field(default_factory=list)


def unpack_pictures(text: str, viewer: Viewer, *, page_id: int | None) -> Unpacked:
    """Store the pictures of `text` as files of the page, or of the library, by `viewer`.

    Each is examined as an upload is. What is refused stays as it is, and so do those after the
    twentieth. Raises `StorageUnavailable`.
    """
    if _BEGINNING not in text.lower():
        return Unpacked(text)
    made: dict[str, str] = {}  # by the address in the text
    unpacked = Unpacked("")
    pieces: list[str] = []
    done = 0
    for link in links_in(text, with_files=True):
        address = link.address or ""
        if not address.lower().startswith(_BEGINNING):
            continue
        if address not in made:
            made[address] = _stored(address, viewer, page_id, len(made), unpacked.refused)
        if made[address]:
            pieces += text[done : link.begin], made[address]
            done = link.end
    unpacked.text = "".join((*pieces, text[done:]))
    return unpacked


def _stored(
    address: str, viewer: Viewer, page_id: int | None, number: int, refused: list[str]
) -> str:
    """The address of the file made of a `data:` address; empty, and a word, when there is none."""
    try:
        if number >= AT_ONCE:
            raise Refused("too-many", limit=AT_ONCE)
        name, content = _read(address)
        file_id = write.upload(io.BytesIO(content), name, page_id=page_id, by=viewer.user_id)
    except Refused as error:
        refused.append(message_of(error))
    except StoreUnavailable:
        refused.append(message_of(Refused("busy")))
    else:
        return file_address(file_at(viewer, file_id))
    return ""


def _read(address: str) -> tuple[str, bytes]:
    """The name and the content of what a `data:` address holds (RFC 2397). Raises `Refused`."""
    head, _, body = address.partition(",")
    media_type, *parameters = head[len(_BEGINNING) :].lower().split(";")
    content = unquote_to_bytes(body)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            content = b64decode(content + b"==")  # what is missing at the end does no harm
        except ValueError as error:
            raise Refused("damaged") from error
    return f"picture.{_ENDINGS.get(media_type, media_type)}", content
