"""What stands above a text, in the words of other programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.processor_time import bounded
from wiki.pages.writing.frontmatter import (
    MAX_HEADER_LENGTH,
    FieldsTooLong,
    FrontMatter,
    FrontMatterProblem,
    compose_front_matter,
    parse_front_matter,
)

TEXT = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]))
FIELDS = st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=5), max_size=6)


def test_fields_and_text_are_told_apart():
    assert parse_front_matter(
        "---\ntitle: Redis\ntags: [cache, nosql]\n---\n\nRedis keeps…\n"
    ) == FrontMatter({"title": "Redis", "tags": ["cache", "nosql"]}, "Redis keeps…\n")


def test_a_text_without_front_matter_is_all_text():
    assert parse_front_matter("# Redis\n\n---\n\nmore\n") == FrontMatter(
        {}, "# Redis\n\n---\n\nmore\n"
    )


def test_dates_of_toml_are_written_as_there():
    header = "a = 2024-01-02\nb = 2024-01-02T03:04:05Z\nc = 03:04:05\nd = [2024-01-02T03:04:05]\n"
    assert parse_front_matter(f"+++\n{header}+++\ntext").fields == {
        "a": "2024-01-02",
        "b": "2024-01-02T03:04:05+00:00",
        "c": "03:04:05",
        "d": ["2024-01-02T03:04:05"],
    }


@pytest.mark.parametrize("value", ["no", "12:30", "1e3", "2024-01-02", "0x1F", "nullable", "3.10"])
def test_values_stay_the_strings_they_are_written_as(value):
    assert parse_front_matter(f"---\nversion: {value}\n---\ntext").fields == {"version": value}
    assert parse_front_matter(compose_front_matter({"version": value}, "text")).fields == {
        "version": value
    }


def test_null_says_nothing_and_in_quotation_marks_it_is_a_word():
    text = "---\na: ~\nb: null\nc: [x, Null]\nd: 'null'\ne:\n- NULL\n- \"~\"\n---\ntext"
    found = {"a": "", "b": "", "c": ["x"], "d": "null", "e": ["~"]}
    assert parse_front_matter(text).fields == found
    assert parse_front_matter('{\n"a": ["x", null], "b": null\n}\ntext').fields == {"a": ["x"]}
    for value in ("~", "null", ["~", "NULL"]):
        composed = compose_front_matter({"a": value}, "text")
        assert parse_front_matter(composed).fields == {"a": value}


def test_lists_as_lines_and_windows_line_ends_and_a_byte_order_mark():
    text = "\ufeff---\r\ntags:\r\n  - a\r\n  - b\r\n---\r\nline\r\n"
    assert parse_front_matter(text) == FrontMatter({"tags": ["a", "b"]}, "line\n")


def test_an_opening_line_that_is_never_closed_is_a_rule():
    assert parse_front_matter("---\n\ntext: more\n") == FrontMatter({}, "---\n\ntext: more\n")


def test_a_text_between_two_rules_stays_text():
    text = "---\n\nSome words.\n\n---\n\nMore.\n"
    assert parse_front_matter(text) == FrontMatter({}, text, FrontMatterProblem.NO_FIELDS)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("a: &x 1\nb: *x", FrontMatterProblem.ALIASES),
        ("a: &x [1, 2]", FrontMatterProblem.ALIASES),
        ("a: b: c", FrontMatterProblem.MALFORMED),
        ("a: [1, 2", FrontMatterProblem.MALFORMED),
        ('a: "\\U99999999"', FrontMatterProblem.MALFORMED),
        ("a: \x07", FrontMatterProblem.MALFORMED),
        ("a: " + "[" * 900 + "]" * 900, FrontMatterProblem.MALFORMED),
        ("a: " + "x" * MAX_HEADER_LENGTH, FrontMatterProblem.TOO_LONG),
        ("[1, 2]", FrontMatterProblem.NO_FIELDS),
    ],
)
def test_what_cannot_be_read_is_text_and_says_so(header, problem):
    text = f"---\n{header}\n---\nbody\n"
    assert parse_front_matter(text) == FrontMatter({}, text, problem)


def test_fields_of_fields_are_left_out_and_the_others_stand():
    found = parse_front_matter("---\ntitle: A\ncover:\n  image: x.png\nmixed: [a, [b]]\n---\nbody")
    assert found == FrontMatter({"title": "A"}, "body", FrontMatterProblem.NESTED)


def test_a_python_object_is_only_a_string():
    found = parse_front_matter("---\na: !!python/object/apply:os.system [ls]\nb: !!int 3\n---\n")
    assert found.fields == {"a": ["ls"], "b": "3"}


def test_an_escaped_surrogate_does_not_reach_the_database():
    assert parse_front_matter('---\na: "\\ud800"\n---\n').fields == {"a": "\ufffd"}


def test_fields_nobody_could_read_back_are_refused():
    with pytest.raises(FieldsTooLong):
        compose_front_matter({"a": "x" * MAX_HEADER_LENGTH}, "")


def test_lists_stand_on_one_line_and_the_order_is_kept():
    assert compose_front_matter(
        {"title": "Ünïcode", "kind": "page", "tags": ["b", "a"]}, "Text.\n"
    ) == ("---\ntitle: Ünïcode\nkind: page\ntags: [b, a]\n---\n\nText.\n")


@given(FIELDS, TEXT)
def test_what_is_composed_is_parsed_back(fields, body):
    composed = compose_front_matter(fields, body)
    found = parse_front_matter(composed)
    assert (found.fields, found.body, found.problem) == (fields, body, None)
    assert compose_front_matter(found.fields, found.body) == composed


@given(st.text(), st.text(), st.text())
def test_parsing_never_raises(header, key, rest):
    for text in (header, f"---\n{header}\n---\n{rest}", f"---\n{key}: {header}\n---\n{rest}"):
        parse_front_matter(text)


@pytest.mark.parametrize(
    "header",
    ["[" * 15_000, "{a: " * 3_900, "- " * 7_900, "? " * 7_900, "a: 'b\n" * 2_500, "!" * 15_000],
)
def test_hostile_headers_cost_no_time(header):
    with bounded(2):
        parse_front_matter(f"---\n{header}\n---\n")
