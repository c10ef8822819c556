"""Embeds small pictures in the file, as many as there is room for."""

import base64
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wiki.access.permissions import Viewer
from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.files.queries import FileView, ServedContent, files_by_id, smaller_picture
from wiki.files.storage.content_store import current_store
from wiki.hub.transfer.single.packing import data_element

WIDTHS = (640, 320)  # pixels, preferred width first
PICTURE_LIMIT = 60_000  # bytes of one picture
TOTAL_LIMIT = 4_000_000  # bytes of all pictures, before Base64
FORMATS = ("image/webp",)  # supported by every browser that can unpack the file


class PictureCounts(NamedTuple):
    """The number of embedded pictures, and of those left out."""

    shown: int = 0
    left_out: int = 0


class Pictures:
    """The pictures of one file; `uses` is the number of uses of each file id."""

    def __init__(self, viewer: Viewer, uses: Mapping[int, int]) -> None:
        self.counts = PictureCounts()
        self._viewer = viewer
        self._uses = uses

    def elements(self) -> Iterator[str]:
        """The pictures as elements: most used first, and among equals the smallest."""
        files = files_by_id(self._viewer, self._uses)
        chosen = [
            (-self._uses[id_], content.size, id_, content)
            for id_, file in files.items()
            if file.is_picture and (content := _smallest(file)) is not None
        ]
        left, count = TOTAL_LIMIT, 0
        for _, size, id_, content in sorted(chosen, key=lambda each: each[:3]):
            if size > left or (data := _read(content)) is None:
                continue
            left, count = left - size, count + 1
            text = base64.b64encode(data).decode()
            yield data_element(text, file=str(id_), type=content.media_type)
        self.counts = PictureCounts(count, len(self._uses) - count)


def _smallest(file: FileView) -> ServedContent | None:
    """The largest version that fits the limits, by preference; `None` if there is none."""
    whole = ServedContent(file.name, file.content_hash, file.media_type, file.size)
    for width in WIDTHS:
        smaller = smaller_picture(whole, width, FORMATS)
        content = min(whole, smaller, key=lambda each: each.size)
        if content.size <= PICTURE_LIMIT and content.media_type.startswith("image/"):
            return content
    return None


def _read(content: ServedContent) -> bytes | None:
    """The bytes of a picture; `None` if it can’t be read."""
    try:
        with current_store().open(content.hash) as stream:
            return stream.read()
    except (ContentMissing, StoreUnavailable):
        return None
