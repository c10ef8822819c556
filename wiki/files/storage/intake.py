"""Receives, inspects and stores contents."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from wiki.app_state import current_settings
from wiki.config import MEGABYTE
from wiki.database import db, insert_into
from wiki.files.errors import FileRefused, StoreUnavailable
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.sandbox import inspect_file
from wiki.files.models import FileContent, FileVariant
from wiki.files.quota import check_file_quota
from wiki.files.storage.content_store import COPY_SIZE, current_store
from wiki.instance.durable import checksum
from wiki.instance.folder import temporary_folder


@contextmanager
def received(source: IO[bytes], limit: int) -> Iterator[Path]:
    """`source` as a file, in a temporary folder with room for results.

    `limit` is in megabytes. Raises `FileRefused` (`empty`, `too-large`), `StoreUnavailable`.
    """
    instance = current_settings().instance
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with temporary_folder(instance, "upload") as folder:
        sent = folder / "sent"
        try:
            with sent.open("wb") as file:
                shutil.copyfileobj(source, file, COPY_SIZE)
        except OSError as error:  # such as a full disk
            raise StoreUnavailable(str(error)) from error
        size = sent.stat().st_size
        if not size:
            raise FileRefused("empty")
        if size > limit * MEGABYTE:
            raise FileRefused("too-large", actual=size, limit=limit * MEGABYTE)
        yield sent


def inspect_and_store(source: IO[bytes], name: str, *, by: int | None = None) -> "StoredFile":
    """Receive a content that user `by` uploaded as `name`, inspect and store it.

    Raises `FileRefused`, `StoreUnavailable`, and what `source` raises.
    """
    with received(source, current_settings().upload_limit) as sent:
        check_file_quota(db.session(), by, sent.stat().st_size)
        return store_inspected(sent, name)


def store_inspected(sent: Path, name: str) -> "StoredFile":
    """Inspect and store a content from `received`. Raises `FileRefused`, `StoreUnavailable`."""
    db.session.rollback()  # so that no read transaction stays open meanwhile
    stored = StoredFile(inspect_file(sent, name, sent.parent))
    stored.put()
    return stored


class StoredFile:
    """An inspected content that is to be put into the store and the database."""

    def __init__(self, report: InspectionReport) -> None:
        self.report = report
        self.hash = checksum(Path(report.file))
        self.size = Path(report.file).stat().st_size
        self.variants = [
            {
                "of_hash": self.hash,
                "width": variant.width,
                "media_type": variant.media_type,
                "hash": checksum(Path(variant.file)),
                "size": Path(variant.file).stat().st_size,
            }
            for variant in report.variants
        ]

    def put(self) -> None:
        """Put everything into the store; must precede the transaction that refers to it."""
        store = current_store()
        store.put(Path(self.report.file), self.hash)
        for row, variant in zip(self.variants, self.report.variants, strict=True):
            store.put(Path(variant.file), str(row["hash"]))

    def insert(self, session: Session) -> None:
        """Insert the rows of the content, unless they exist."""
        report = self.report
        values = {
            "hash": self.hash,
            "media_type": report.media_type,
            "size": self.size,
            "width": report.width,
            "height": report.height,
            "is_animated": report.is_animated,
            "text": report.text.replace("\x00", "\ufffd"),
        }
        _insert_new(session, FileContent, values)
        for row in self.variants:
            _insert_new(session, FileVariant, row)


def _insert_new(session: Session, model: type[Any], values: Mapping[str, object]) -> None:
    # Another request may be storing the same content.
    session.execute(insert_into(session, model).values(**values).on_conflict_do_nothing())
