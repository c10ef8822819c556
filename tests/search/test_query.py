from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.query import Changed, Filter, InTitle, Phrase, Prefix, Word, parse


def test_words_are_alternatives():
    query = parse("how do  I mock\tdatetime")
    assert query.words == tuple(map(Word, ("how", "do", "I", "mock", "datetime")))
    assert query.is_plain


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


@given(st.text())
def test_every_text_is_a_query(text):
    parse(text)


@given(st.lists(st.sampled_from(['"', "-", "OR", "*", "title:", "tag:", "before:", "a", " ", "“"])))
def test_signs_in_any_order_are_a_query(signs):
    parse("".join(signs))
    parse(" ".join(signs))
