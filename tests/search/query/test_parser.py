from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.shelf import Library
from wiki.search.query.dates import parse_date
from wiki.search.query.model import Changed, Filter, Hint, InTitle, Phrase, Prefix, Word
from wiki.search.query.parser import parse
from wiki.search.query.units import (
    MAX_QUERY_LENGTH,
    MIN_PASTE_WORDS,
    split_query,
    with_filter,
    without_units,
)


def test_words_are_alternatives():
    query = parse("how do  I mock\tdatetime")
    assert query.words == tuple(map(Word, ("how", "do", "I", "mock", "datetime")))
    assert query.is_plain


def test_half_a_surrogate_pair_finds_what_stands_beside_it(tmp_path):
    library = Library(tmp_path)
    library.add("Redis", "a cache")
    assert library.titles("cache \ud83d") == ["Redis"]


def test_a_phrase_must_stand_as_written():
    query = parse('django "n plus one"')
    assert query.words == (Word("django"),)
    assert query.required == ((Phrase("n plus one"),),)


def test_minus_excludes_words_phrases_and_filters():
    query = parse('cache -redis -"in memory" -tag:old')
    assert query.excluded == (Word("redis"), Phrase("in memory"), Filter("tag", "old"))


@pytest.mark.parametrize("option", ["--no-cache", "-rf", "-x", "a-b", "-"])
def test_options_of_commands_are_words(option):
    query = parse(f"git {option}")
    assert not query.excluded
    assert all(isinstance(word, Word) for word in query.words)


@pytest.mark.parametrize(
    "command",
    [
        "java -jar app.jar",
        "Split-Path -Path $PROFILE -Parent",
        "textutil -convert rtf -font Times",
        "Get-Process -IncludeUserName",
        "ps -aux | grep -rin python",
        "if ( $x -eq 'a' ) { Get-Item -Path . }",
    ],
)
def test_a_pasted_command_leaves_nothing_out(command):
    query = parse(command)
    assert not query.excluded
    assert not query.required


def test_a_name_in_quotes_of_a_message_may_be_another():
    query = parse('FATAL: database "shop" does not exist')
    assert not query.required
    assert parse('"shop" database').required == ((Phrase("shop"),),)
    assert parse('title:shop "database"').required[-1] == (Phrase("database"),)


def test_only_what_must_not_stand_is_what_is_looked_for():
    assert parse("-exsoff").words == (Word("exsoff"),)
    assert parse("-tag:old").excluded == (Filter("tag", "old"),)


def test_what_was_taken_for_an_option_is_said():
    hint = parse("cache -redis setup").hint
    assert hint is not None
    assert (hint.name, hint.text) == ("option", "-redis")


@pytest.mark.parametrize(
    "text",
    [
        "cache -redis",
        "-redis cache",
        "cache -redis tag:django",
        'cache -redis "in memory"',
        "cache -tag:x -redis",
    ],
)
def test_what_is_left_out_may_stand_at_either_end(text):
    assert Word("redis") in parse(text).excluded


def test_a_sentence_with_quotes_is_words():
    query = parse(
        'File "/app/views.py", line 3, in get ImportError: cannot import name "Cache" from "b" -x'
    )
    assert query.is_plain
    assert not parse('one two three four five six seven eight nine ten "a b" OR c').is_plain


def test_or_joins_its_neighbours():
    query = parse('celery OR rq tag:a OR tag:b "x y" OR z')
    assert query.required == (
        (Word("celery"), Word("rq")),
        (Filter("tag", "a"), Filter("tag", "b")),
        (Phrase("x y"), Word("z")),
    )


def test_or_said_twice_joins_once():
    query = parse("a OR OR b")
    assert query.required == ((Word("a"), Word("b")),)
    assert query.hint is not None


def test_filters():
    query = parse('title:index* TAG:"machine learning" in:guides/ kind:challenge before:2026-03')
    assert query.required == (
        (InTitle(Prefix("index")),),
        (Filter("tag", "machine learning"),),
        (Filter("in", "guides/"),),
        (Filter("kind", "challenge"),),
        (Changed(until=datetime(2026, 3, 1, tzinfo=UTC)),),
    )


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("after:2025", (2026, 1, 1)),
        ("after:2025-12", (2026, 1, 1)),
        ("after:2026-02-28", (2026, 3, 1)),
    ],
)
def test_after_a_time_is_after_its_end(text, since):
    assert parse(text).required == ((Changed(since=datetime(*since, tzinfo=UTC)),),)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('the "n plus', "quote"),
        ("OR redis", "or"),
        ("redis OR", "or"),
        ("a*", "prefix"),
        ("*", "prefix"),
        ("before:soon", "date"),
        ("after:2026-13", "date"),
        ("titel:redis", "field"),
        ("title: redis", "space"),
        ("word " * MIN_PASTE_WORDS + "x" * MAX_QUERY_LENGTH, "long"),
    ],
)
def test_a_mistake_is_read_as_words_and_hinted_at(text, hint):
    query = parse(text)
    assert query.hint is not None
    assert query.hint.name == hint
    assert not query.required


@pytest.mark.parametrize("text", ["std::vector", "http://x.org/a", "foo:bar", "C:\\temp", "12:30"])
def test_colons_of_code_are_no_filters(text):
    assert parse(text).words == (Word(text),)


def test_a_pasted_text_is_words_whatever_stands_in_it():
    trace = 'File "app.py", line 3 -not title:x OR * ' * 20
    query = parse(trace)
    assert query.is_plain
    assert query.hint is None


@pytest.mark.parametrize(
    ("value", "begin", "end"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("today", (2026, 3, 10), (2026, 3, 11)),
        ("Yesterday", (2026, 3, 9), (2026, 3, 10)),
        ("7d", (2026, 3, 3, 15), (2026, 3, 3, 15)),
        ("2w", (2026, 2, 24, 15), (2026, 2, 24, 15)),
    ],
)
def test_dates(value, begin, end):
    now = datetime(2026, 3, 10, 15, tzinfo=UTC)
    assert parse_date(value, now) == (datetime(*begin, tzinfo=UTC), datetime(*end, tzinfo=UTC))


@pytest.mark.parametrize("value", ["soon", "2026-13", "2026-02-30", "9999", "9999y", "7", "d", ""])
def test_no_dates(value):
    assert parse_date(value) is None


def test_filters_after_a_pasted_text_are_filters():
    paste = "a tag:b -c " * 20
    query = parse(with_filter(paste, "kind", "guide"))
    assert query.words == (Word(paste.strip()),)
    assert query.required == ((Filter("kind", "guide"),),)


@pytest.mark.parametrize("text", ['cache tag:"a b" -tag:c kind:guide', "x " * 60 + "kind:guide"])
def test_a_filter_can_be_added_and_taken_away(text):
    longer = with_filter(text, "status", "open")
    assert (Filter("status", "open"),) in parse(longer).required
    added = [piece for piece in split_query(longer) if piece.field == "status"]
    assert without_units(longer, added) == text


def test_pieces_tell_where_their_value_stands():
    text = 'cache -"in memory" tag:"web dev" std::move'
    found = [
        (p.field, p.value, text[p.value_start : p.value_start + len(p.value)] == p.value)
        for p in split_query(text)
    ]
    assert found == [
        ("", "cache", True),
        ("", '-"in memory"', True),
        ("tag", "web dev", True),
        ("", "std::move", True),
    ]


@given(st.text())
def test_every_text_is_a_query(text):
    parse(text)


@given(st.lists(st.sampled_from(['"', "-", "OR", "*", "title:", "tag:", "before:", "a", " ", "“"])))
def test_signs_in_any_order_are_a_query(signs):
    for text in ("".join(signs), " ".join(signs)):
        read = parse(text).text
        for piece in split_query(read):
            assert read.count(piece.value)


def test_a_text_that_is_too_long_keeps_its_filters():
    query = parse("word " * 3_000 + "kind:guide tag:python")
    assert query.required == ((Filter("kind", "guide"),), (Filter("tag", "python"),))
    assert len(query.text) <= MAX_QUERY_LENGTH
    assert query.hint == Hint("long", str(MAX_QUERY_LENGTH))


def test_a_filter_has_room_in_a_text_of_full_length():
    text = with_filter(("word " * 3_000)[:MAX_QUERY_LENGTH], "kind", "guide")
    assert len(text) <= MAX_QUERY_LENGTH
    assert text.endswith("word kind:guide")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("java -version", Hint("excluded", "version")),
        ("tags:python", Hint("field", "tag")),
        ("Type:guide", Hint("field", "kind")),
        ("path:docs", Hint("field", "in")),
    ],
)
def test_what_was_perhaps_meant_otherwise_is_said(text, hint):
    assert parse(text).hint == hint


@pytest.mark.parametrize("text", ["===", "->", "?.", "\u2192", "&& ||"])
def test_signs_alone_are_said_to_be_none(text):
    assert parse(text).hint == Hint("signs", "")
