"""The floor of search: SQLite's FTS5 on the same texts, called directly, without a web page.

It has no spelling correction, facets or access rules. Its snippets for long queries would take
minutes, so they are left out.
"""

import re
import sqlite3
import time
from pathlib import Path

from benchmarks.harness.enlarge import texts_of

FOUND = 20
WORDS = 200  # words of a query that are searched for
SNIPPET_WORDS = 12  # words; longer queries get no snippets
# `porter`: the only stemmer it has.
_CREATE = "CREATE VIRTUAL TABLE pages USING fts5(title, body, tokenize = 'porter unicode61')"
_SELECT = (
    "SELECT title, snippet(pages, 1, '<mark>', '</mark>', '…', 32) FROM pages"
    " WHERE pages MATCH ? ORDER BY bm25(pages, 6.0, 1.0) LIMIT ?"
)
_SELECT_LONG = _SELECT.replace("snippet(pages, 1, '<mark>', '</mark>', '…', 32)", "title")
_COUNT = "SELECT count(*) FROM pages WHERE pages MATCH ?"


class FullText:
    """An FTS5 index of a wiki's texts in `file`."""

    def __init__(self, instance: Path, file: Path) -> None:
        self.base = sqlite3.connect(file)
        self.base.execute(_CREATE)
        started = time.perf_counter()
        with self.base:
            texts_of(instance, self._add)
            self.base.execute("INSERT INTO pages(pages) VALUES ('optimize')")
        self.seconds = time.perf_counter() - started
        self.base.execute("SELECT count(*) FROM pages").fetchone()

    def _add(self, page_id: int, title: str, code: str, body: str) -> None:
        self.base.execute(
            "INSERT INTO pages(rowid, title, body) VALUES (?, ?, ?)",
            (page_id, title, f"{body}\n{code}"),
        )

    def seconds_of(self, query: str) -> float:
        """The seconds for finding the best pages, with snippets, and the total number."""
        match = self._match(query)
        started = time.perf_counter()
        if match:
            is_short = match.count(" OR ") < SNIPPET_WORDS
            self.base.execute(_SELECT if is_short else _SELECT_LONG, (match, FOUND)).fetchall()
            self.base.execute(_COUNT, (match,)).fetchone()
        return time.perf_counter() - started

    @staticmethod
    def _match(query: str) -> str:
        if query.startswith('"') and query.endswith('"'):
            return query
        words = re.sub(r"\b(?:kind|tag|in|after|before):\S+", "", query)
        found = re.findall(r"\w+\*?", words)[:WORDS]
        return " OR ".join(f'"{word[:-1]}"*' if word[-1] == "*" else f'"{word}"' for word in found)
