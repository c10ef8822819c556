"""Stores contents in an S3-compatible bucket, for replicas without a shared disk.

Needs the extra `s3`. Endpoint and credentials come from the environment, as usual for S3 clients:
`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from wiki.files.errors import ContentMissing, StoreUnavailable
from wiki.files.storage.content_store import COPY_SIZE, ContentStore, object_name


class BucketStore(ContentStore):
    """Contents as objects below a URL."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    @classmethod
    def at(cls, url: str, **options: Any) -> "BucketStore":
        """The store at `s3://bucket` or `s3://bucket/folder`."""
        return cls(from_url(url, **options))

    def put(self, source: Path, content_hash: str) -> None:
        """Store the file `source` under its hash; returns once the service has confirmed it.

        Raises `StoreUnavailable`.
        """
        # The service verifies the upload, and responds once it is durable.
        with _translated_errors(content_hash):
            obstore.put(self._objects, object_name(content_hash), source)

    def open(self, content_hash: str) -> IO[bytes]:
        """The content as a seekable stream, read a block at a time.

        Raises `ContentMissing`, `StoreUnavailable`.
        """
        with _translated_errors(content_hash):
            reader = obstore.open_reader(
                self._objects, object_name(content_hash), buffer_size=COPY_SIZE
            )
        return cast("IO[bytes]", io.BufferedReader(_RawReader(reader), COPY_SIZE))

    def delete(self, content_hash: str) -> None:
        """Delete a content; a missing one is no error. Raises `StoreUnavailable`."""
        try:
            with _translated_errors(content_hash):
                obstore.delete(self._objects, object_name(content_hash))
        except ContentMissing:
            return

    def stored(self) -> Iterator[tuple[str, datetime]]:
        """The hash of every content, and when it was last put, in no particular order."""
        for batch in obstore.list(self._objects):
            for item in batch:
                yield item["path"].rpartition("/")[2], item["last_modified"]


class _RawReader(io.RawIOBase):
    """Adapts obstore’s reader to a Python stream."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._reader.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())


@contextmanager
def _translated_errors(content_hash: str) -> Iterator[None]:
    """Converts errors of the service to those of a `ContentStore`."""
    try:
        yield
    except FileNotFoundError as error:
        raise ContentMissing(content_hash) from error
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error)) from error
