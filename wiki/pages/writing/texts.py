"""Texts by their content: stored once, compressed when that pays."""

import hashlib
import re
import zlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.config import TEXT_LIMIT
from wiki.database import insert_into
from wiki.pages.errors import TextTooLong
from wiki.pages.models import Text
from wiki.pages.writing.quota import check_quota

MIN_COMPRESSED_SIZE = 500  # bytes; below, zlib's gain is a few bytes

# PostgreSQL stores no NUL and no driver a lone surrogate; neither is text.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    r"""`text` with line ends as `\n`, and NUL and lone surrogates, which no database keeps, as
    U+FFFD."""
    return _NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_text(text: str) -> str:
    """`text` as it is stored: byte for byte, but for what `storable` replaces.

    Raises `TextTooLong`.
    """
    text = storable(text)
    size = len(text.encode())
    if size > TEXT_LIMIT:
        raise TextTooLong(TEXT_LIMIT, size)
    return text


def store_text(session: Session, text: str, by: User | None = None) -> str:
    """Store `text` unless it is there; returns its hash (SHA-256, hex).

    Raises `LimitReached` when `by` may store no more within this day.
    """
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    if session.scalar(select(Text.hash).where(Text.hash == digest)) is None:
        check_quota(session, by, len(raw))
        # On PostgreSQL another page's writer may store the same text at this moment.
        insert = insert_into(session, Text)
        session.execute(insert.values(**_row(digest, raw)).on_conflict_do_nothing())
    return digest


def _row(digest: str, raw: bytes) -> dict[str, object]:
    packed = zlib.compress(raw, 6) if len(raw) >= MIN_COMPRESSED_SIZE else raw
    is_compressed = len(packed) < len(raw)
    return {
        "hash": digest,
        "body": packed if is_compressed else raw,
        "is_compressed": is_compressed,
        "size": len(raw),
    }


def decompress_text(body: bytes, is_compressed: bool) -> str:
    return (zlib.decompress(body) if is_compressed else body).decode()


def load_text(session: Session, digest: str) -> str:
    """The text with this hash. Raises `LookupError` when it was never stored."""
    row = session.execute(
        select(Text.body, Text.is_compressed).where(Text.hash == digest)
    ).one_or_none()
    if row is None:
        raise LookupError(digest)
    return decompress_text(row.body, row.is_compressed)
