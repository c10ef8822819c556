"""Finds files that contain a phrase, in a current or former name or in a content."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from wiki.database import in_batches
from wiki.files.errors import ContentMissing
from wiki.files.inspection.media_types import NOTEBOOK, PDF, SVG, family_of
from wiki.files.inspection.report import INDEXED_TEXT_LIMIT
from wiki.files.models import ERASED_HASH, File, FileContent, FileVersion
from wiki.files.storage.content_store import current_store
from wiki.redact import ErasedPhrase

UNPACKED_LIMIT = 100_000_000  # bytes of one archive; the rest is not searched
MEMBER_LIMIT = 20_000_000  # bytes of one file in an archive

_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class ContentMatch:
    """A content with the phrase, and the versions of one file that have this content."""

    file_id: int
    hash: str
    numbers: tuple[int, ...]
    is_current: bool

    @property
    def key(self) -> str:
        """Its value in a form field."""
        return f"{self.file_id}-{self.tag}"

    @property
    def tag(self) -> str:
        """The beginning of the content’s hash, which distinguishes the contents of one file."""
        return self.hash[:16]


@dataclass(frozen=True, slots=True)
class FileMatch:
    """A file with the phrase in its current name, former names or contents."""

    id: int
    name: str
    page_id: int | None
    is_deleted: bool
    is_in_name: bool
    is_in_former_names: bool
    contents: tuple[ContentMatch, ...]


class ContentSearch:
    """Finds out which contents contain a phrase.

    Results are cached: contents never change, so those found before a transaction are still valid
    in it.
    """

    def __init__(self, phrase: ErasedPhrase) -> None:
        self.phrase = phrase
        self._verdicts: dict[str, bool] = {}

    def among(self, session: Session, hashes: set[str]) -> set[str]:
        """The hashes of contents with the phrase. Raises `StoreUnavailable`."""
        for some in in_batches(hashes - self._verdicts.keys() - {ERASED_HASH}):
            rows = session.execute(
                select(FileContent.hash, FileContent.media_type, FileContent.text).where(
                    FileContent.hash.in_(some)
                )
            )
            for row in rows:
                self._verdicts[row.hash] = self._is_in(row.hash, row.media_type, row.text)
        return {each for each in hashes if self._verdicts.get(each)}

    def _is_in(self, content_hash: str, media_type: str, text: str) -> bool:
        if self.phrase.is_in(text):
            return True
        return _may_hold_more(text, media_type) and _is_in(self.phrase, content_hash, media_type)


def find_files_with(
    session: Session, search: ContentSearch, page_id: int | None
) -> list[FileMatch]:
    """The files of the page, or of the whole wiki if there is none, that contain the phrase.

    Includes deleted files and former versions, regardless of permissions. Raises
    `StoreUnavailable`.
    """
    is_asked: ColumnElement[bool] = File.page_id == page_id if page_id else File.id > 0
    versions: dict[int, list[tuple[int, str, str]]] = {}
    rows = session.execute(
        select(FileVersion.file_id, FileVersion.number, FileVersion.name, FileVersion.content_hash)
        .join(File, File.id == FileVersion.file_id)
        .where(is_asked)
        .order_by(FileVersion.file_id, FileVersion.number)
    )
    for file_id, number, name, content_hash in rows:
        versions.setdefault(file_id, []).append((number, name, content_hash))
    holding = search.among(session, {v[2] for each in versions.values() for v in each})
    files = session.scalars(select(File).where(is_asked).order_by(File.id)).all()
    found = (_found(file, versions.get(file.id, []), search.phrase, holding) for file in files)
    return [file for file in found if file is not None]


def _found(
    file: File, versions: list[tuple[int, str, str]], phrase: ErasedPhrase, holding: set[str]
) -> FileMatch | None:
    numbers: dict[str, list[int]] = {}
    for number, _name, content_hash in versions:
        if content_hash in holding:
            numbers.setdefault(content_hash, []).append(number)
    is_in_name = phrase.is_in(file.name)
    is_in_former = phrase.is_in([name for _number, name, _hash in versions])
    if not (numbers or is_in_name or is_in_former):
        return None
    contents = tuple(
        ContentMatch(file.id, each, tuple(of), each == file.content_hash)
        for each, of in numbers.items()
    )
    is_deleted = file.deleted_at is not None
    return FileMatch(
        file.id, file.name, file.page_id, is_deleted, is_in_name, is_in_former, contents
    )


def _may_hold_more(text: str, media_type: str) -> bool:
    """Whether the content may have more text than the extracted `text`."""
    family = family_of(media_type)
    if family == "picture":  # re-encoded: only pixels
        return media_type == SVG
    return family != "text" or media_type == NOTEBOOK or len(text) >= INDEXED_TEXT_LIMIT


def _is_in(phrase: ErasedPhrase, content_hash: str, media_type: str) -> bool:
    with suppress(ContentMissing), current_store().open(content_hash) as stream:
        if media_type == PDF:
            return _is_in_pdf(phrase, stream.read())
        return any(_part_contains(phrase, part) for part in _parts(stream, media_type))
    return False


def _parts(stream: IO[bytes], media_type: str) -> Iterable[bytes]:
    """The content or, for an archive, its files and their names."""
    if family_of(media_type) == "text" or media_type == SVG:
        return (stream.read(),)
    if media_type == "application/gzip":
        return _of_gzip(stream)
    return _of_zip(stream)


def _of_gzip(stream: IO[bytes]) -> Iterator[bytes]:
    with suppress(OSError, EOFError, zlib.error), gzip.GzipFile(fileobj=stream) as unpacked:
        yield unpacked.read(UNPACKED_LIMIT)


def _of_zip(stream: IO[bytes]) -> Iterator[bytes]:
    left = UNPACKED_LIMIT
    # RuntimeError: a member is encrypted, or packed in a way that zipfile can't read.
    broken = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error)
    with suppress(*broken), zipfile.ZipFile(stream) as packed:
        yield packed.comment
        for info in packed.infolist():
            yield info.filename.encode(errors="replace")
            if left <= 0:
                continue
            # Only the name of an encrypted or oddly compressed file can be searched.
            with suppress(*broken), packed.open(info) as member:
                part = member.read(min(MEMBER_LIMIT, left))
                left -= len(part)
                yield part


def _is_in_pdf(phrase: ErasedPhrase, content: bytes) -> bool:
    """Whether the phrase is in metadata or annotations; page texts were extracted at upload."""
    folded = content.lower()
    return any(phrase.text.lower().encode(code) in folded for code in ("utf-8", "utf-16-be"))


def _part_contains(phrase: ErasedPhrase, part: bytes) -> bool:
    text = part.decode(errors="replace")
    # Office programs split a word by tags where one letter of it was changed.
    return phrase.is_in(text) or (
        text.lstrip("\ufeff").startswith("<") and phrase.is_in(_TAGS.sub("", text))
    )
