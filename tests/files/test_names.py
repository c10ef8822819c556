"""Names of files: sanitized when they are sent, checked when they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.files.errors import FileRefused
from wiki.files.models import FILENAME_LIMIT
from wiki.files.names import (
    check_filename,
    filename_key,
    filename_stem,
    free_filename,
    sanitize_filename,
)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\selam\\plan.txt", "plan.txt"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        ("plan\x00.png", "plan.png"),
        ("pl\u202egnp.exe.png", "plgnp.exe.png"),
        ("a" * 300 + ".txt", "a" * 146 + ".txt"),
        ("ዕ" * 300, "ዕ" * 150),
        ("እቅድ ለ Redis.txt", "እቅድ ለ Redis.txt"),
        ("Cafe\u0301.txt", "Caf\u00e9.txt"),
        ('a"b<c>d|e?.txt', "a-b-c-d-e-.txt"),
        ("two\r\nlines.txt", "two lines.txt"),
        (".gitignore", ".gitignore"),
        ("dots...", "dots"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("aux .tar.gz", "_aux .tar.gz"),
        ("console.txt", "console.txt"),
    ],
)
def test_every_name_becomes_one_that_a_file_can_have(sent, name):
    assert sanitize_filename(sent) == name


@given(st.text(max_size=300))
def test_whatever_is_sent_a_sanitized_name_could_have_been_typed(sent):
    name = sanitize_filename(sent)
    assert check_filename(name) == name
    assert sanitize_filename(name) == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("  ", "no-name"),
        ("..", "no-name"),
        ("a" * (FILENAME_LIMIT + 1), "name-too-long"),
        ("a/b.txt", "name-characters"),
        ("a\u200eb.txt", "name-characters"),
        ("con.txt", "name-device"),
        ("a.", "name-characters"),
    ],
)
def test_a_typed_name_that_is_none_is_refused(typed, reason):
    with pytest.raises(FileRefused) as refused:
        check_filename(typed)
    assert refused.value.reason == reason


def test_a_number_goes_before_the_extension():
    assert free_filename("plan.png", ()) == "plan.png"
    assert free_filename("plan.png", {"plan.png"}) == "plan-2.png"
    assert free_filename("Makefile", {"makefile", "makefile-2"}) == "Makefile-3"
    long = "a" * FILENAME_LIMIT
    assert len(free_filename(long, {long})) == FILENAME_LIMIT


def test_names_are_compared_without_case_and_described_without_extension():
    assert filename_key("Plan.PNG") == filename_key("plan.png")
    assert filename_stem("site plan.png") == "site plan"
    assert filename_stem(".gitignore") == ".gitignore"
