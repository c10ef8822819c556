"""Enlarges a wiki to any size by varied copies of its pages.

In each copy, a third of the longer words are replaced consistently, so that the vocabulary grows
with the number of pages as in a real wiki. Copies are inserted as database rows, and rendered when
they are first read.
"""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

_WORD = re.compile(r"[A-Za-z]{5,}")
SHARE = 3  # one in so many words is replaced
ENDINGS = ("ol", "ar", "en", "is", "um", "ot", "ek", "ir", "as", "un")


def varied(text: str, copy: int) -> str:
    """`text` with the words replaced for a copy; copy 0 is the text itself."""
    if not copy:
        return text
    ending = ENDINGS[copy % 10] + (ENDINGS[copy // 10] if copy >= 10 else "")

    def other(found: re.Match[str]) -> str:
        word = found[0]
        return word + ending if (crc32(word.lower().encode()) + copy) % SHARE == 0 else word

    return _WORD.sub(other, text)


def enlarge(instance: Path, size: int) -> None:
    """Add copies of pages until the wiki in `instance` has `size` pages."""
    with closing(sqlite3.connect(instance / "nexus.sqlite3")) as base:
        base.row_factory = sqlite3.Row
        pages = base.execute(
            "SELECT id FROM page WHERE deleted_at IS NULL ORDER BY id LIMIT ?", (size,)
        ).fetchall()
        missing = size - len(pages)
        copy = 0
        while missing > 0:
            copy += 1
            with base:
                for page in pages[:missing]:
                    _copy(base, page["id"], copy)
            missing -= len(pages)
        base.execute("ANALYZE")


def _copy(base: sqlite3.Connection, page_id: int, copy: int) -> None:
    def other(text: str) -> str:
        return varied(text, copy)

    page = _row(base, "page", "id", page_id)
    title, path = f"{other(page['title'])} {copy}"[:200], f"{page['path']}-{copy}"
    new_id = _insert(
        base,
        "page",
        {
            **page,
            "id": None,
            "title": title,
            "title_key": title.lower(),
            "path": path,
            "key": f"{page['key']}-{copy}",
        },
    )
    revision = _row(base, "revision", "page_id", page_id)
    stored = f"{title}\n".encode()
    digest = sha256(stored).hexdigest()
    values = {"hash": digest, "body": stored, "is_compressed": 0, "size": len(stored)}
    base.execute(
        "INSERT OR IGNORE INTO text (hash, body, is_compressed, size)"
        " VALUES (:hash, :body, :is_compressed, :size)",
        values,
    )
    own = {"id": None, "page_id": new_id, "title": title, "path": path, "text_hash": digest}
    _insert(base, "revision", {**revision, **own, "number": 1, "parent_number": None})
    base.execute("UPDATE page SET revision_count = 1 WHERE id = ?", (new_id,))
    rendering = _row(base, "rendering", "page_id", page_id)
    texts = {name: other(rendering[name]) for name in ("sections", "code", "body")}
    _insert(base, "rendering", {**rendering, **texts, "page_id": new_id, "revision_number": 1})
    base.execute(
        "INSERT INTO tag (page_id, key, name) SELECT ?, key, name FROM tag WHERE page_id = ?",
        (new_id, page_id),
    )


def _row(base: sqlite3.Connection, table: str, column: str, value: int) -> dict[str, Any]:
    found = base.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))  # noqa: S608
    return dict(found.fetchone())


def _insert(base: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    done = base.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608
    assert done.lastrowid is not None
    return done.lastrowid


def texts_of(instance: Path, take: Callable[[int, str, str, str], None]) -> None:
    """Call `take(id, title, code, body)` for each page."""
    with closing(sqlite3.connect(instance / "nexus.sqlite3")) as base:
        for row in base.execute(
            "SELECT page.id, title, code, body FROM page JOIN rendering ON page_id = page.id"
        ):
            take(*row)
