"""Counts frequent queries, which are suggested to others.

Only the words of short queries that found something are stored, and how many people searched for
them: not who, nor when. Each process appends lines to one file; the indexer counts them now and
then. So that a person counts once in all processes, a line has a hash of person and query, with a
random key that is deleted every 30 days together with the hashes; no hash links two searches of one
person. Losing the files does no harm. All are deleted when a secret is erased, since it may have
been searched for.
"""

import hmac
import json
import logging
import os
import re
import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from wiki.instance.durable import read_json, replace_file
from wiki.instance.lock import take_file_lock
from wiki.search.analysis.folding import fold
from wiki.search.query.model import Query

log = logging.getLogger(__name__)

LOCK_FILE = "asked.lock"
KEPT_FILES = ("asked.*", ".asked.*")  # all files about queries, including partly written ones
MIN_PEOPLE_SUGGESTED = 3  # people; queries of fewer are not suggested
MAX_QUERIES_KEPT = 2_000  # queries
MAX_LOGGED_LENGTH = 60  # characters; longer queries are not logged
MAX_LOGGED_WORDS = 6
HALF_LIFE_DAYS = 30  # days after which every count is halved, and who was counted is forgotten
MAX_SEEN = 50_000  # hashes of person and query; with more, counts are halved at once
MAX_REMEMBERED = 4_096  # hashes that a process remembers, in memory only
_HASH_LENGTH = 16  # hexadecimal digits
MAX_LOG_BYTES = 1_000_000  # bytes that may wait to be counted

# Probably personal: numbers, addresses, keys.
_OWN = re.compile(r"\d{4}|@|://|\S{25}")


class RecentHashes:
    """Remembers the hashes of recent keys, in memory only. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()

    def add(self, *key: object) -> bool:
        """Remember a key; returns whether it is new."""
        with self._lock:
            is_new = hash(key) not in self._seen
            self._seen[hash(key)] = None
            self._seen.move_to_end(hash(key))
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return is_new


class PeopleCount:
    """Counts how many people did something, each person once for the same thing.

    Its files in a folder all begin with `name`. Every process appends to the log; the other files
    are written by one process, and the key by the first process that needs it. When counts are
    halved, entries of fewer than `least` people are deleted.
    """

    def __init__(self, name: str, *, least: int) -> None:
        self._least = least
        ends = ("log", "gathered", "json", "seen", "key")
        self.log, self.gathered, self.counts, self.seen, self.key = (f"{name}.{e}" for e in ends)
        self._lately = RecentHashes(MAX_REMEMBERED)
        self._known_key: tuple[tuple[int, ...], str] = ((), "")  # and of which file

    def line(self, root: Path, text: str, who: str) -> str:
        """A line for the log; empty if this process has recently seen the same. Never raises."""
        try:
            key = self._current_key(root)
        except OSError:
            return ""
        message = f"{who}\0{text}".encode("utf-8", "replace")
        hash_ = _key_name(key) + hmac.digest(key.encode(), message, "sha256").hex()[:_HASH_LENGTH]
        return f"{hash_}\t{text}" if self._lately.add(hash_) else ""

    def gather(self, root: Path, most: int) -> None:
        """Add the log to the counts, and keep the `most` highest ones."""
        lines, gathered = root / self.log, root / self.gathered
        if not gathered.exists() and lines.exists():
            lines.replace(gathered)
        counts, since = read_counts(root / self.counts)
        is_old = is_over(since, HALF_LIFE_DAYS)
        if not (gathered.exists() or is_old):
            return
        seen, key = dict.fromkeys(_read(root / self.seen).split()), _read(root / self.key)
        for line in _read(gathered).splitlines():
            hash_, _, text = line.partition("\t")
            # Not under a former key: who wrote it may be counted again under the present one.
            if text and key and hash_.startswith(_key_name(key)) and hash_ not in seen:
                seen[hash_] = None
                counts[text] += 1
        if is_old or len(seen) > MAX_SEEN:
            (root / self.key).unlink(missing_ok=True)
            counts = Counter({k: n // 2 for k, n in counts.items() if n >= self._least})
            since, seen = datetime.now(UTC).toordinal(), {}
        kept = {"since": since, "people": dict(counts.most_common(most))}
        replace_file(root / self.seen, "\n".join(seen).encode(), 0o600)
        replace_file(root / self.counts, json.dumps(kept).encode(), 0o600)
        gathered.unlink(missing_ok=True)

    def _current_key(self, root: Path) -> str:
        if not (key := self._kept_key(root)):
            with alone(root):
                if not (key := _read(root / self.key)):
                    key = secrets.token_hex()
                    replace_file(root / self.key, key.encode(), 0o600)
        return key

    def _kept_key(self, root: Path) -> str:
        """The key in its file, which every search and page view asks for; "" without one."""
        try:
            stat = os.stat(root / self.key)
        except FileNotFoundError:
            return ""
        stamp = (stat.st_dev, stat.st_ino, stat.st_mtime_ns)
        known, key = self._known_key
        if known != stamp:
            key = _read(root / self.key)
            self._known_key = (stamp, key)
        return key


ASKED = PeopleCount("asked", least=MIN_PEOPLE_SUGGESTED)


def log_query(root: Path, query: Query, searcher: str) -> None:
    """Count a query that found something, once for each person. Never raises."""
    text = fold(query.text)
    if is_shareable(query) and text.strip() and (line := ASKED.line(root, text, searcher)):
        append_line(root / ASKED.log, line)


def is_shareable(query: Query) -> bool:
    """Whether others may see a query: it is short, has no operators and nothing personal."""
    text = fold(query.text)
    return (
        query.is_plain
        and len(text) <= MAX_LOGGED_LENGTH
        and text.count(" ") < MAX_LOGGED_WORDS
        and not _OWN.search(text)
    )


def append_line(file: Path, line: str) -> None:
    """Append a line to a log of several processes, unless it has grown too long. Never raises."""
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
        ASKED.gather(root, MAX_QUERIES_KEPT)


def forget_queries(root: Path) -> None:
    """Delete all files about queries, including partly written ones."""
    with alone(root):
        for path in (path for name in KEPT_FILES for path in root.glob(name)):
            if path.name != LOCK_FILE:
                path.unlink(missing_ok=True)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold a lock against counting and deleting elsewhere, so that deleted queries stay deleted."""
    with open(os.open(root / LOCK_FILE, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        take_file_lock(file)
        yield


def is_over(since: int, days: int) -> bool:
    """Whether a period of `days` from the day `since` on has ended, or begins in the future.

    If the clock was once ahead, traces of people must not be kept until that day.
    """
    return not 0 <= datetime.now(UTC).toordinal() - since < days


def _key_name(key: str) -> str:
    """A short name of a key, which tells its hashes from those with other keys."""
    return key[:8]


def _read(file: Path) -> str:
    """The text of a file; "" if there is none."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def read_counts(file: Path) -> tuple[Counter[str], int]:
    """The counts, and the day since which they are counted."""
    try:
        data = read_json(file)
        # Earlier versions counted searches, not people, under another name.
        return Counter({str(k): int(v) for k, v in data["people"].items()}), int(data["since"])
    except (OSError, ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
        return Counter(), datetime.now(UTC).toordinal()


class FrequentQueries:
    """The frequent queries, reread when the file changes. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: tuple[int, tuple[str, ...]] = (0, ())

    def holding(self, typed: str) -> list[str]:
        """The queries that begin with `typed`, then those with a word that does."""
        start = fold(" ".join(typed.split()))
        if not start:
            return []
        texts = [text for text in self._texts() if f" {text}".find(f" {start}") >= 0]
        return sorted(texts, key=lambda text: not text.startswith(start))

    def _texts(self) -> tuple[str, ...]:
        """The most frequent first."""
        try:
            stamp = os.stat(self.root / ASKED.counts).st_mtime_ns
        except OSError:
            return ()
        known, texts = self._known
        if stamp != known:
            counts, _ = read_counts(self.root / ASKED.counts)
            texts = tuple(
                text for text, count in counts.most_common() if count >= MIN_PEOPLE_SUGGESTED
            )
            self._known = (stamp, texts)
        return texts
