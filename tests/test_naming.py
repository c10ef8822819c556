"""Paths, titles and the keys by which they are compared."""

import pytest

from wiki.naming import (
    NameRefused,
    clean_path,
    clean_title,
    path_key,
    title_of_path,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ["N+1 Queries", "n+1-queries", " n+1_QUERIES ", "n+1  queries"],
        ["a/b c", "/A/B-C/", "a//b_c"],
        ["Straße", "STRASSE"],
        ["Caf\u00e9", "cafe\u0301", "CAF\u00c9"],
        ["\u0345\u0391", "\u0345\u03b1"],
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    keys = {path_key(spelling) for spelling in spellings}
    assert len(keys) == 1
    assert {path_key(key) for key in keys} == keys


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("guides/Start here", "guides/Start-here"),
        (" /a/b/ ", "a/b"),
        ("cafe\u0301", "caf\u00e9"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("..a", "..a"),
    ],
)
def test_a_path_is_cleaned(written, path):
    assert clean_path(written) == path
    assert clean_path(path) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        (" / ", "empty"),
        ("a//b", "empty-segment"),
        ("a/../b", "dots"),
        (".", "dots"),
        ("a?b", "character"),
        ("a\\b", "character"),
        ("a%2fb", "character"),
        ("a\u202eb", "hidden"),
        ("a\u200db", "hidden"),
        ("a\x00", "hidden"),
        ("x" * 101, "too-long"),
        ("/".join(["x" * 50] * 6), "too-long"),
        ("/".join(["\ufb03" * 99] * 2), "too-long"),  # its key has three letters for each
        ("x" * 251, "too-long"),
    ],
)
def test_what_no_address_can_hold_is_refused(path, reason):
    with pytest.raises(NameRefused) as refused:
        clean_path(path)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("title", "reason"),
    [("", "empty"), ("  \n", "empty"), ("x" * 201, "too-long"), ("a\u200bb", "hidden")],
)
def test_a_title_that_nobody_could_read_is_refused(title, reason):
    with pytest.raises(NameRefused) as refused:
        clean_title(title)
    assert refused.value.reason == reason


def test_a_title_keeps_what_its_script_needs():
    assert clean_title(" Two \n words ") == "Two words"
    assert clean_title("\u0928\u094d\u200d\u092f") == "\u0928\u094d\u200d\u092f"
    assert clean_title("\U0001f469\u200d\U0001f4bb work") == "\U0001f469\u200d\U0001f4bb work"


def test_a_path_suggests_a_title():
    assert title_of_path("guides/n-plus-one_queries") == "N plus one queries"
