"""Searches without a good result, counted without person or time.

Each process appends lines to one file, and the indexer counts them, as in `query_log`. Until three
people have missed the same words, the words are written nowhere: a line has a hash of them, and one
of who searched for them, under a random key that is thrown away every four weeks together with the
hashes. Neither hash links two searches of one person. Losing the files does no harm.

What people search for may come from pages that others can't see. So each count is of people who
read under the same rules of access, and is for those who read under all of these.
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
MIN_PEOPLE = 3  # who must have missed the same words before they are kept
TRACE_DAYS = 28  # after which all hashes and their key are deleted, and every count is halved
MAX_TRACED = 5_000  # queries whose people are told apart, those that were missed last
MAX_PEOPLE = 200  # who are told apart for one query; more make no difference
MAX_MISSED = 500  # queries of which the words are kept
_HASH_LENGTH = 32  # hexadecimal digits

MISSED_SEARCHES = define_switch(
    "missed_searches",
    _l("Count searches without a good result"),
    section=SettingSection.SEARCH,
    hint=_l("Without names and times, for the board of what is wanted"),
    default=True,
)

FOUND, MISSED, PRESSED = "+", "-", "!"  # what a line begins with


@dataclass(slots=True)
class MissedQuery:
    """Words that people missed, and how many; `audience` are the rules under which they read.

    `was_pressed`: somebody said so who had found something.
    """

    text: str
    audience: frozenset[int]
    people: int
    was_pressed: bool = False


@dataclass(slots=True)
class MissCounts:
    """What is kept. `traces`: by the hash of a query, the hashes of who missed it."""

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
    """What was missed, reread when it changes. Safe for threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: tuple[int, MissCounts | None] = (0, None)

    def counts(self) -> MissCounts | None:
        """What was counted so far; `None` before anything was."""
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
        """What tells that these words were missed; with the words when enough others did, too."""
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
    """Add what was logged to the counts; called by the one process that writes the index."""
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
    """Delete what was counted, where it shall not be any more."""
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
        # Who presses the button after an empty list has missed one thing, not two.
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
    counts.traces[missed] = people  # at the end: the first ones are forgotten first
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
