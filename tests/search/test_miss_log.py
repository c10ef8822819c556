"""Searches without a good result are counted without telling who searched."""

import json

import pytest

from wiki.search import miss_log
from wiki.search.miss_log import (
    COUNTS_FILE,
    MIN_PEOPLE,
    MissedSearches,
    count_logged_misses,
    forget_misses,
)
from wiki.search.query.parser import parse
from wiki.search.query_log import forget_queries

ALL = frozenset({1})


@pytest.fixture
def misses(tmp_path):
    """After the first count, from which on there is a key."""
    count_logged_misses(tmp_path)
    return MissedSearches(tmp_path)


def _miss(misses, who, text="Redis Streams", audience=ALL, **more):
    """A search, counted before the next one comes."""
    misses.log(parse(text), who, audience, is_miss=True, **more)
    count_logged_misses(misses.root)


def _kept(misses):
    return {(each.text, each.people) for each in misses.counts().missed}


def _bytes(misses):
    return b"".join(path.read_bytes() for path in misses.root.iterdir())


def test_words_are_kept_once_three_people_missed_them(misses):
    for who in ("user 1", "user 1", "user 2", "user 2", "user 1"):
        _miss(misses, who)
        misses.log(parse("redis streams"), who, ALL, is_miss=True)  # not counted yet
    assert b"streams" not in _bytes(misses).lower()
    _miss(misses, "network 192.0.2.7", "redis  streams")
    assert _kept(misses) == {("redis streams", MIN_PEOPLE)}
    _miss(misses, "user 4", "REDIS streams")
    _miss(misses, "user 4", "REDIS streams")
    assert _kept(misses) == {("redis streams", MIN_PEOPLE + 1)}


def test_nobody_can_be_told_apart_in_what_is_kept(misses):
    for who in ("user 1", "user 2", "network 192.0.2.7"):
        for text in ("celery beat", "ሬዲስ ክምችት"):
            misses.log(parse(text), who, ALL, is_miss=True)
    said = (misses.root / miss_log.LOG_FILE).read_text()
    assert "192.0.2" not in said
    assert "celery" not in said
    people = [line.split("\t")[2] for line in said.splitlines()]
    assert len(set(people)) == len(people) == 6  # the same person in two searches looks like two


def test_people_who_read_under_other_rules_do_not_add_up(misses):
    for number, audience in enumerate([{1}, {1}, {1, 5}, {1, 5}]):
        _miss(misses, f"user {number}", audience=frozenset(audience))
    assert _kept(misses) == set()
    _miss(misses, "user 9", audience=frozenset({5, 1}))
    assert [each.audience for each in misses.counts().missed] == [{1, 5}]


@pytest.mark.parametrize(
    "text",
    [
        "call 0911223344",
        "selam@example.org",
        "tag:x streams",
        '"redis streams"',
        "w " * 9,
        "x" * 70,
    ],
)
def test_what_is_rather_ones_own_counts_without_its_words(misses, text):
    for number in range(5):
        _miss(misses, f"user {number}", text)
    assert _kept(misses) == set()
    assert misses.counts().traces == {}
    assert (misses.counts().searches, misses.counts().misses) == (5, 5)


def test_the_share_counts_a_pressed_button_once(misses):
    for _ in range(3):
        misses.log(parse("cache"), "user 1", ALL, is_miss=False)
    _miss(misses, "user 1")
    _miss(misses, "user 1", was_pressed=True)  # after the miss: the same one
    assert misses.counts().share == 1 / 4
    _miss(misses, "user 1", "cache", was_pressed=True)
    assert misses.counts().share == 2 / 4


def test_after_four_weeks_all_hashes_and_their_key_are_gone(misses, monkeypatch):
    for number in range(4):
        _miss(misses, f"user {number}")
    _miss(misses, "user 1", "celery beat")
    before = misses.counts()
    monkeypatch.setattr(miss_log, "TRACE_DAYS", 0)
    count_logged_misses(misses.root)
    after = json.loads((misses.root / COUNTS_FILE).read_bytes())
    assert after["traces"] == {}
    assert after["key"] != before.key
    assert [(text, people) for text, _, people, _ in after["missed"]] == [("Redis Streams", 2)]
    monkeypatch.undo()
    _miss(misses, "user 1")  # whoever missed it before counts again: that is forgotten
    assert _kept(misses) == {("Redis Streams", 3)}


def test_a_clock_that_was_ahead_keeps_no_hashes_until_then(misses):
    _miss(misses, "user 1")
    file = misses.root / COUNTS_FILE
    counts = json.loads(file.read_bytes())
    file.write_text(json.dumps({**counts, "since": counts["since"] + 10_000}))
    count_logged_misses(misses.root)
    after = json.loads(file.read_bytes())
    assert (after["since"], after["traces"]) == (counts["since"], {})


def test_it_stays_small_and_survives_broken_files(misses, monkeypatch):
    monkeypatch.setattr(miss_log, "MAX_TRACED", 5)
    for number in range(9):
        misses.log(parse(f"word{'abcdefghi'[number]}"), "user 1", ALL, is_miss=True)
    count_logged_misses(misses.root)
    assert len(misses.counts().traces) == 5
    (misses.root / miss_log.LOG_FILE).write_bytes(b"-\tx\ty\tnot,numbers\tz\n\xff\n\n-\tx\n")
    (misses.root / COUNTS_FILE).write_text('{"missed": [[1]]}')
    count_logged_misses(misses.root)
    assert misses.counts().missed == []


def test_what_is_missed_again_is_forgotten_last_and_a_query_traces_few_people(misses, monkeypatch):
    monkeypatch.setattr(miss_log, "MAX_TRACED", 2)
    monkeypatch.setattr(miss_log, "MAX_PEOPLE", 4)
    for text in ("celery", "kafka", "celery", "rabbitmq"):
        _miss(misses, "user 1", text)
    _miss(misses, "user 2", "celery")
    _miss(misses, "user 3", "celery")
    assert _kept(misses) == {("celery", 3)}
    for number in range(9):
        _miss(misses, f"user {number}", "celery")
    assert _kept(misses) == {("celery", 4)}
    assert max(map(len, misses.counts().traces.values())) == 4


@pytest.mark.parametrize("forget", [forget_queries, forget_misses])
def test_it_is_forgotten(misses, forget):
    for number in range(4):
        _miss(misses, f"user {number}")
    misses.log(parse("redis streams"), "user 5", ALL, is_miss=True)
    forget(misses.root)
    assert misses.counts() is None
    assert b"edis" not in _bytes(misses)
