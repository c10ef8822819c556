"""Content-addressed storage: contents by their SHA-256, in the instance folder or a bucket.

All reads and writes go through `ContentStore`. A content never changes, so it can safely be stored
twice, and cached forever.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from wiki.app_state import AppState

COPY_SIZE = 1 << 20  # bytes copied at once


class ContentStore(ABC):
    """Contents by their hash (SHA-256, 64 hex digits)."""

    @abstractmethod
    def put(self, source: Path, content_hash: str) -> None:
        """Store the content of the file `source` durably: it survives a power cut.

        For `stored`, a content that is already there counts as new. Raises `StoreUnavailable`.
        """

    @abstractmethod
    def open(self, content_hash: str) -> IO[bytes]:
        """The content as a seekable stream. Raises `ContentMissing`, `StoreUnavailable`."""

    @abstractmethod
    def delete(self, content_hash: str) -> None:
        """Delete a content; a missing one is no error. Raises `StoreUnavailable`."""

    @abstractmethod
    def stored(self) -> Iterator[tuple[str, datetime]]:
        """The hash of every content, and when it was last put."""


CONTENT_STORE = AppState[ContentStore]("content_store")


def current_store() -> ContentStore:
    """The store of the current application: the instance folder or a bucket."""
    return CONTENT_STORE.current()


def object_name(content_hash: str) -> str:
    """The name of a content in every store: `ab/abcdef…`."""
    return f"{content_hash[:2]}/{content_hash}"
