"""Frequent queries, to be suggested to others.

Kept are the words of short queries that found something, and how often they were searched: not by
whom, nor when. Each process appends lines to one file; the indexer counts them now and then. Losing
them does no harm: all are deleted when a secret is erased, since it may have been searched for.
"""

import json
import logging
import os
import re
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from wiki.instance.durable import replace_file
from wiki.instance.lock import take_file_lock
from wiki.search.analysis.folding import fold
from wiki.search.query.model import Query

log = logging.getLogger(__name__)

LOG_FILE = "asked.log"
GATHERED_FILE = "asked.gathered"
COUNTS_FILE = "asked.json"
LOCK_FILE = "asked.lock"
KEPT_FILES = ("asked.*", ".asked.*")  # whatever is kept of queries, half-written files too
MIN_COUNT_SUGGESTED = 3  # times; rarer queries stay private
MAX_QUERIES_KEPT = 2_000  # queries
MAX_LOGGED_LENGTH = 60  # characters; a longer query is a text
MAX_LOGGED_WORDS = 6
HALF_LIFE_DAYS = 30  # days after which every count is halved
MAX_LOG_BYTES = 1_000_000  # bytes that may wait to be counted

# What is probably personal: numbers, addresses, keys.
_OWN = re.compile(r"\d{4}|@|://|\S{25}")


class SeenLately:
    """What a process has seen lately, by hashes, in memory alone. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()

    def add(self, *key: object) -> bool:
        """Note a key; whether it is new."""
        with self._lock:
            is_new = hash(key) not in self._seen
            self._seen[hash(key)] = None
            self._seen.move_to_end(hash(key))
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return is_new


_asked = SeenLately(4_096)


def log_query(root: Path, query: Query, searcher: str) -> None:
    """Count a query that found something, once for whoever asks it again. Never raises."""
    text = fold(query.text)
    if is_shareable(query) and _asked.add(str(root), searcher, text):
        append_line(root / LOG_FILE, text)


def is_shareable(query: Query) -> bool:
    """Whether others may see a query: short, words alone, and nothing that is probably personal."""
    text = fold(query.text)
    return (
        query.is_plain
        and len(text) <= MAX_LOGGED_LENGTH
        and text.count(" ") < MAX_LOGGED_WORDS
        and not _OWN.search(text)
    )


def append_line(file: Path, line: str) -> None:
    """Add a line to a log that many processes write, unless too much waits there. Never raises."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(number).st_size < MAX_LOG_BYTES:
                os.write(number, f"{line}\n".encode("utf-8", "replace"))
        finally:
            os.close(number)
    except OSError:
        log.warning("queries can't be counted")


def count_logged_queries(root: Path) -> None:
    """Add logged queries to the counts; called by the one process that writes the index."""
    # The folder may have been removed; the index is rebuilt without it.
    with suppress(FileNotFoundError), alone(root):
        _gather(root)


def forget_queries(root: Path) -> None:
    """Delete everything that was kept, including partly written files."""
    with alone(root):
        for path in (path for name in KEPT_FILES for path in root.glob(name)):
            if path.name != LOCK_FILE:
                path.unlink(missing_ok=True)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep other processes from counting and deleting: deleted queries must not come back."""
    with open(os.open(root / LOCK_FILE, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        take_file_lock(file)
        yield


def _gather(root: Path) -> None:
    count_lines(root, (LOG_FILE, GATHERED_FILE, COUNTS_FILE), MAX_QUERIES_KEPT)


def count_lines(root: Path, files: tuple[str, str, str], most: int) -> None:
    """Add the lines of a log to the counts of the `most` frequent ones, which grow old.

    `files`: the log, its name while it is counted, and the counts.
    """
    lines, gathered, kept_in = (root / name for name in files)
    if not gathered.exists():
        if not lines.exists():
            return
        lines.replace(gathered)
    counts, since = read_counts(kept_in)
    counts.update(gathered.read_text(encoding="utf-8", errors="replace").splitlines())
    today = datetime.now(UTC).toordinal()
    if today - since >= HALF_LIFE_DAYS:
        counts = Counter({text: count // 2 for text, count in counts.items() if count > 1})
        since = today
    kept = dict(counts.most_common(most))
    replace_file(kept_in, json.dumps({"since": since, "counts": kept}).encode(), 0o600)
    gathered.unlink(missing_ok=True)


def read_counts(file: Path) -> tuple[Counter[str], int]:
    """The counts, and the day since which they are counted."""
    try:
        data = json.loads(file.read_bytes())
        return Counter({str(k): int(v) for k, v in data["counts"].items()}), int(data["since"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Counter(), datetime.now(UTC).toordinal()


class FrequentQueries:
    """The frequent queries, reread when they change. Safe for threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: tuple[int, tuple[str, ...]] = (0, ())

    def holding(self, typed: str) -> list[str]:
        """Those that begin with what was typed, then those with such a word."""
        start = fold(" ".join(typed.split()))
        if not start:
            return []
        texts = [text for text in self._texts() if f" {text}".find(f" {start}") >= 0]
        return sorted(texts, key=lambda text: not text.startswith(start))

    def _texts(self) -> tuple[str, ...]:
        """The most frequent first."""
        try:
            stamp = os.stat(self.root / COUNTS_FILE).st_mtime_ns
        except OSError:
            return ()
        known, texts = self._known
        if stamp != known:
            counts, _ = read_counts(self.root / COUNTS_FILE)
            texts = tuple(
                text for text, count in counts.most_common() if count >= MIN_COUNT_SUGGESTED
            )
            self._known = (stamp, texts)
        return texts
