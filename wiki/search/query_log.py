"""Frequent queries, to be suggested to others.

Kept are the words of short queries that found something, and how many people searched for them: not
who, nor when. Each process appends lines to one file; the indexer counts them now and then. So that
a person counts once in all processes, a line has a hash of who and what, under a random key that is
thrown away every 30 days together with the hashes: none links two searches of one person. Losing
the files does no harm: all are deleted when a secret is erased: it may have been searched for.
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
KEPT_FILES = ("asked.*", ".asked.*")  # whatever is kept of queries, half-written files too
MIN_PEOPLE_SUGGESTED = 3  # who asked it; rarer queries stay private
MAX_QUERIES_KEPT = 2_000  # queries
MAX_LOGGED_LENGTH = 60  # characters; a longer query is a text
MAX_LOGGED_WORDS = 6
HALF_LIFE_DAYS = 30  # days after which every count is halved, and who was counted is forgotten
MAX_SEEN = 50_000  # hashes of who and what; with more, that is done at once
MAX_REMEMBERED = 4_096  # hashes that a process remembers, in memory alone
_HASH_LENGTH = 16  # hexadecimal digits
MAX_LOG_BYTES = 1_000_000  # bytes that may wait to be counted

# What is probably personal: numbers, addresses, keys.
_OWN = re.compile(r"\d{4}|@|://|\S{25}")


class RecentHashes:
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


class PeopleCount:
    """Counts how many people did something, each person once for the same thing.

    Of its files in a folder, which all begin with `name`, one is the log that every process writes;
    the others are written by one process, the key by whoever needs it first. What fewer than
    `least` people did when counts are halved is forgotten.
    """

    def __init__(self, name: str, *, least: int) -> None:
        self._least = least
        ends = ("log", "gathered", "json", "seen", "key")
        self.log, self.gathered, self.counts, self.seen, self.key = (f"{name}.{e}" for e in ends)
        self._lately = RecentHashes(MAX_REMEMBERED)
        self._known_key: tuple[tuple[int, ...], str] = ((), "")  # and of which file

    def line(self, root: Path, text: str, who: str) -> str:
        """A line of the log; "" for what this process has lately seen `who` do. Never raises."""
        try:
            key = self._current_key(root)
        except OSError:
            return ""
        message = f"{who}\0{text}".encode("utf-8", "replace")
        hash_ = _key_name(key) + hmac.digest(key.encode(), message, "sha256").hex()[:_HASH_LENGTH]
        return f"{hash_}\t{text}" if self._lately.add(hash_) else ""

    def gather(self, root: Path, most: int) -> None:
        """Add the log to the counts, of which the `most` highest are kept."""
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
        ASKED.gather(root, MAX_QUERIES_KEPT)


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


def is_over(since: int, days: int) -> bool:
    """Whether a period of `days` from the day `since` on is over, or has not begun by this clock.

    A clock that once was ahead must not have traces of people kept until that day.
    """
    return not 0 <= datetime.now(UTC).toordinal() - since < days


def _key_name(key: str) -> str:
    """What tells hashes under this key from those under another."""
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
        # Former versions counted times, under another name: one person may be all of them.
        return Counter({str(k): int(v) for k, v in data["people"].items()}), int(data["since"])
    except (OSError, ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
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
