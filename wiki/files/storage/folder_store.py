"""Stores contents in the instance folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.files.storage.content_store import COPY_SIZE, ContentStore, object_name
from wiki.instance.durable import sync
from wiki.instance.folder import TEMPORARY_PREFIX, locked


class FolderStore(ContentStore):
    """Contents as files, in subfolders named by the first two hex digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: Path, content_hash: str) -> None:
        """Store the file `source` under its hash, durably and atomically.

        Raises `StoreUnavailable`.
        """
        target = self._path(content_hash)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # In the folder itself, since a rename is only atomic within one file system.
            handle, draft = tempfile.mkstemp(dir=self.root, prefix=TEMPORARY_PREFIX)
            try:
                with os.fdopen(handle, "wb") as file, locked(draft), source.open("rb") as sent:
                    shutil.copyfileobj(sent, file, COPY_SIZE)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, target)
            except BaseException:
                os.unlink(draft)
                raise
            sync(target.parent)
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def open(self, content_hash: str) -> IO[bytes]:
        """The content as a seekable stream. Raises `ContentMissing`, `StoreUnavailable`."""
        try:
            return self._path(content_hash).open("rb")
        except FileNotFoundError as error:
            raise ContentMissing(content_hash) from error
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    def delete(self, content_hash: str) -> None:
        """Delete a content; a missing one is no error."""
        self._path(content_hash).unlink(missing_ok=True)

    def stored(self) -> Iterator[tuple[str, datetime]]:
        """The hash of every content, and when it was last put (UTC), in order of hash."""
        for path in sorted(self.root.glob("??/*")):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, content_hash: str) -> Path:
        return self.root / object_name(content_hash)
