"""Texts, stored once by their hash, and compressed when that pays."""

import hashlib
import re
import zlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.config import PAGE_TEXT_LIMIT
from wiki.database import insert_into
from wiki.letters import with_line_feeds
from wiki.pages.errors import TextTooLong
from wiki.pages.models import Text
from wiki.pages.writing.quota import check_quota

MIN_COMPRESSED_SIZE = 500  # bytes; for shorter texts zlib saves little

# PostgreSQL stores no NUL, and no driver a lone surrogate.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    r"""`text` with `\n` for each line end, and U+FFFD for NUL and lone surrogates."""
    return _NOT_TEXT.sub("\ufffd", with_line_feeds(text))


def clean_text(text: str) -> str:
    """`text` as it is stored: unchanged except for what `storable` replaces.

    Raises `TextTooLong`.
    """
    text = storable(text)
    size = len(text.encode())
    if size > PAGE_TEXT_LIMIT:
        raise TextTooLong(PAGE_TEXT_LIMIT, size)
    return text


def store_text(session: Session, text: str, by: User | None = None) -> str:
    """Store `text` unless it is stored already; returns its hash (SHA-256, hex).

    Raises `LimitReached` if `by` may store no more today.
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
    """The text from a row of `Text`.

    Raises `zlib.error` or `UnicodeDecodeError` if the row is damaged.
    """
    return (zlib.decompress(body) if is_compressed else body).decode()
