"""Where contents lie: by their SHA-256, in the instance folder or in an object store.

Everything that reads or writes a content goes through `ContentStore`. A content never changes, so
it may be stored twice without harm, and kept by every cache for good.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from wiki.app_state import AppState
from wiki.config import Settings
from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.instance.folder import TEMPORARY, held, temporary_folder

COPY_SIZE = 1 << 20  # bytes read at once
MEGABYTE = 1_000_000  # bytes, as limits are told


class ContentStore(Protocol):
    """Contents by their hash (SHA-256, 64 hex digits)."""

    def put(self, source: Path, content_hash: str) -> None:
        """Keep what is in the file `source`; when it returns, it survives a power cut.

        A content that is there already counts as new for `stored`. Raises `StoreUnavailable`.
        """

    def open(self, content_hash: str) -> IO[bytes]:
        """The content, to read and to seek in. Raises `ContentMissing`, `StoreUnavailable`."""

    def delete(self, content_hash: str) -> None:
        """Forget a content; one that isn't there is no error. Raises `StoreUnavailable`."""

    def stored(self) -> Iterator[tuple[str, datetime]]:
        """The hash of every content, and when it was last put."""


class FolderStore:
    """Contents as files: `ab/abcdef…`, in as many folders as two hex digits make."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: Path, content_hash: str) -> None:
        target = self._place(content_hash)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # In the folder itself: a rename is only atomic on one file system.
            handle, draft = tempfile.mkstemp(dir=self.root, prefix=TEMPORARY)
            try:
                with os.fdopen(handle, "wb") as file, held(draft), source.open("rb") as sent:
                    shutil.copyfileobj(sent, file, COPY_SIZE)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, target)
            except BaseException:
                os.unlink(draft)
                raise
            _sync_folder(target.parent)
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def open(self, content_hash: str) -> IO[bytes]:
        try:
            return self._place(content_hash).open("rb")
        except FileNotFoundError as error:
            raise ContentMissing(content_hash) from error
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def delete(self, content_hash: str) -> None:
        self._place(content_hash).unlink(missing_ok=True)

    def stored(self) -> Iterator[tuple[str, datetime]]:
        for path in sorted(self.root.glob("??/*")):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _place(self, content_hash: str) -> Path:
        return self.root / content_hash[:2] / content_hash


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last: the entry is the folder's content, not the file's."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_store(settings: Settings) -> ContentStore:
    """The store that the settings name."""
    if settings.files_store:
        from wiki.files.storage.bucket_store import BucketStore  # noqa: PLC0415  # an extra

        return BucketStore.at(settings.files_store)
    return FolderStore(settings.instance / "files")


CONTENT_STORE = AppState[ContentStore]("content_store")


def current_store() -> ContentStore:
    """The store of the current application."""
    return CONTENT_STORE.current()


def hash_file(file: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def upload_folder(settings: Settings) -> Iterator[Path]:
    """A folder for files that are being examined; gone afterwards with all that is in it."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with temporary_folder(settings.instance, "upload") as folder:
        yield folder
