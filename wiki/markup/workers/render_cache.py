"""The last renderings of this process: a text is previewed, then saved, then shown."""

import hashlib
import os
import threading
from collections import OrderedDict

from wiki.markup.model import Rendered

CACHE_CHARACTERS = (
    2_000_000  # of HTML; with the texts beside it, about as many bytes and half again
)
MIN_ENTRIES = 1  # kept whatever its size


class RenderCache:
    """Renderings by text and path, the least recently used going first. Safe to share."""

    def __init__(self, characters: int = CACHE_CHARACTERS) -> None:
        self._limit = characters
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Rendered] = OrderedDict()
        self._size = 0

    @staticmethod
    def key_of(text: str, path: str) -> bytes:
        """Lone surrogates have a key, too."""
        return hashlib.sha256(f"{path}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def get(self, key: bytes) -> Rendered | None:
        with self._lock:
            rendered = self._kept.get(key)
            if rendered is not None:
                self._kept.move_to_end(key)
            return rendered

    def add(self, key: bytes, rendered: Rendered) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = rendered
            self._size += len(rendered.slotted)
            while self._size > self._limit and len(self._kept) > MIN_ENTRIES:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.slotted)
