"""Searches without a good result, counted without person or time.

Each process appends lines to one file, and the indexer counts them, as in `query_log`. The words of
a query are not stored until three people have missed it: before that, a line has a hash of the
words, and another one of words and searcher, with a random key that is deleted every four weeks
together with the hashes. Neither hash links two searches of one person. Losing the files does no
harm.

Queries may contain words from pages that others can't see. So people are counted per set of access
rules, and a count is shown only to those who read under all of these rules.
"""

import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wiki.hub_settings.definitions import SettingSection, define_switch
from wiki.i18n import lazy as _l
from wiki.instance.durable import read_json, replace_file
from wiki.search.analysis.folding import fold
from wiki.search.query.model import Query
from wiki.search.query_log import alone, append_line, is_over, is_shareable

LOG_FILE = "asked.missed.log"
GATHERED_FILE = "asked.missed.gathered"
COUNTS_FILE = "asked.missed.json"
MIN_PEOPLE = 3  # people who must have missed the same words before the words are stored
TRACE_DAYS = 28  # days after which all hashes and their key are deleted, and every count is halved
MAX_TRACED = 5_000  # queries for which people are told apart: the most recently missed ones
MAX_PEOPLE = 200  # people who are told apart for one query
MAX_MISSED = 500  # queries with stored words
_HASH_LENGTH = 32  # hexadecimal digits

MISSED_SEARCHES = define_switch(
    "missed_searches",
    _l("Count searches without a good result"),
    section=SettingSection.SEARCH,
    hint=_l("Without names and times, for the board of what is wanted"),
    default=True,
)

FOUND, MISSED, PRESSED = "+", "-", "!"  # the first character of a line


@dataclass(slots=True)
class MissedQuery:
    """A query without a good result, and how many people missed it.

    `audience` are the ids of the access rules under which they read. `was_pressed`: somebody
    reported it with the button, in spite of some results.
    """

    text: str
    audience: frozenset[int]
    people: int
    was_pressed: bool = False


@dataclass(slots=True)
class MissCounts:
    """The stored counts. `traces` maps the hash of a query to the hashes of those who missed it."""

    since: int
    key: str
    searches: int = 0
    misses: int = 0
    traces: dict[str, list[str]] = field(default_factory=dict)
    missed: list[MissedQuery] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """The share of searches that were misses; `None` before there was any."""
        return min(1.0, self.misses / self.searches) if self.searches else None


class MissedSearches:
    """The missed searches, reread when the file changes. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: tuple[int, MissCounts | None] = (0, None)

    def counts(self) -> MissCounts | None:
        """The counts so far; `None` if there are none yet."""
        try:
            stamp = os.stat(self.root / COUNTS_FILE).st_mtime_ns
        except OSError:
            return None
        known, counts = self._known
        if stamp != known:
            counts = _read(self.root)
            self._known = (stamp, counts)
        return counts

    def log(
        self,
        query: Query,
        who: str,
        audience: Iterable[int],
        *,
        is_miss: bool,
        was_pressed: bool = False,
    ) -> None:
        """Count a search of `who`, who reads under the rules of `audience`. Never raises."""
        mark = PRESSED if was_pressed else MISSED if is_miss else FOUND
        trace = self._trace(query, who, audience) if is_miss else ()
        append_line(self.root / LOG_FILE, "\t".join((mark, *trace)))

    def _trace(self, query: Query, who: str, audience: Iterable[int]) -> tuple[str, ...]:
        """The fields of a line for a missed query; with the words if enough others missed it."""
        counts = self.counts()
        if counts is None or not is_shareable(query) or not fold(query.text).strip():
            return ()
        text, rules = " ".join(query.text.split()), _written(audience)
        missed = _query_hash(counts.key, text, rules)
        person = _hash(counts.key, who, missed)
        others = {*counts.traces.get(missed, ())} - {person}
        words = (rules, text) if len(others) >= MIN_PEOPLE - 1 else ()
        return (missed, person, *words)


def count_logged_misses(root: Path) -> None:
    """Add the logged lines to the counts; called by the one process that writes the index."""
    # The folder may have been removed; the index is rebuilt without it.
    with suppress(FileNotFoundError), alone(root):
        lines, gathered = root / LOG_FILE, root / GATHERED_FILE
        if not gathered.exists() and lines.exists():
            lines.replace(gathered)
        has_lines = gathered.exists()
        counts = _read(root)
        if has_lines:
            _add(counts, gathered.read_text(encoding="utf-8", errors="replace").splitlines())
        is_old = is_over(counts.since, TRACE_DAYS)
        if is_old:
            _forget_traces(counts)
        if has_lines or is_old or not (root / COUNTS_FILE).exists():
            replace_file(root / COUNTS_FILE, json.dumps(_as_json(counts)).encode(), 0o600)
        gathered.unlink(missing_ok=True)


def forget_misses(root: Path) -> None:
    """Delete all counts, after counting was switched off."""
    if any(root.glob("asked.missed.*")):
        with alone(root):
            for path in root.glob("asked.missed.*"):
                path.unlink(missing_ok=True)


def _add(counts: MissCounts, lines: Iterable[str]) -> None:
    known = {
        _query_hash(counts.key, each.text, _written(each.audience)): each for each in counts.missed
    }
    for line in lines:
        mark, *trace = line.split("\t")
        counts.searches += mark in (FOUND, MISSED)
        if mark not in (MISSED, PRESSED):
            continue
        is_new = len(trace) < 2 or trace[1] not in counts.traces.get(trace[0], ())
        # A press of the button after an empty list is the same miss, not a second one.
        counts.misses += mark == MISSED or is_new
        if len(trace) >= 2:
            _add_trace(counts, known, trace, is_new=is_new, was_pressed=mark == PRESSED)
    counts.traces = dict([*counts.traces.items()][-MAX_TRACED:])
    counts.missed = sorted(counts.missed, key=lambda each: -each.people)[:MAX_MISSED]


def _add_trace(
    counts: MissCounts,
    known: dict[str, MissedQuery],
    trace: list[str],
    *,
    is_new: bool,
    was_pressed: bool,
) -> None:
    missed, person, *words = trace
    people = counts.traces.pop(missed, [])
    counts.traces[missed] = people  # moved to the end: the first ones are forgotten first
    is_new = is_new and len(people) < MAX_PEOPLE
    if is_new:
        people.append(person)
    if (query := known.get(missed)) is not None:
        query.people += is_new
        query.was_pressed |= was_pressed
    elif len(words) == 2 and len(people) >= MIN_PEOPLE:
        query = MissedQuery(words[1], _rules(words[0]), len(people), was_pressed)
        known[missed] = query
        counts.missed.append(query)


def _forget_traces(counts: MissCounts) -> None:
    counts.since, counts.key = datetime.now(UTC).toordinal(), secrets.token_hex()
    counts.traces = {}
    counts.searches //= 2
    counts.misses //= 2
    for query in counts.missed:
        query.people //= 2
    counts.missed = [query for query in counts.missed if query.people]


def _query_hash(key: str, text: str, rules: str) -> str:
    return _hash(key, fold(text), rules)


def _hash(key: str, *parts: str) -> str:
    message = "\0".join(parts).encode("utf-8", "replace")
    return hmac.digest(key.encode(), message, "sha256").hex()[:_HASH_LENGTH]


def _written(audience: Iterable[int]) -> str:
    return ",".join(map(str, sorted(audience)))


def _rules(written: str) -> frozenset[int]:
    return frozenset(int(rule) for rule in written.split(",") if rule.isdecimal())


def _as_json(counts: MissCounts) -> Mapping[str, Any]:
    missed = [
        [query.text, sorted(query.audience), query.people, query.was_pressed]
        for query in counts.missed
    ]
    names = ("since", "key", "searches", "misses", "traces")
    return {**{name: getattr(counts, name) for name in names}, "missed": missed}


def _read(root: Path) -> MissCounts:
    try:
        data = read_json(root / COUNTS_FILE)
        missed = [
            MissedQuery(str(text), frozenset(map(int, rules)), int(people), bool(pressed))
            for text, rules, people, pressed in data.pop("missed")
        ]
        return MissCounts(**data, missed=missed)
    except (OSError, ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
        return MissCounts(datetime.now(UTC).toordinal(), secrets.token_hex())
