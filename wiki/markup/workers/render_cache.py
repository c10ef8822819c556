"""Caches the last renderings of this process: texts are previewed, saved, then shown."""

import hashlib
import os

from wiki.markup.model import Rendered
from wiki.sized_cache import SizedCache

# Of HTML; with the texts beside it, about as many bytes and half again.
CACHE_CHARACTERS = 2_000_000


class RenderCache(SizedCache[Rendered]):
    """A cache of renderings by text and path."""

    def __init__(self, characters: int = CACHE_CHARACTERS) -> None:
        super().__init__(characters, lambda rendered: len(rendered.slotted))
        os.register_at_fork(after_in_child=self.clear)

    @staticmethod
    def key_of(text: str, path: str) -> bytes:
        """The key of a text, which may contain lone surrogates."""
        return hashlib.sha256(f"{path}\0{text}".encode("utf-8", "surrogatepass")).digest()
