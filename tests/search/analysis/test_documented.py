"""What the documentation says of analysis is what it does."""

import re
from pathlib import Path

import pytest

from wiki.search.analysis.analyzer import JOINED_PREFIX, tokenize

TEXT = (Path(__file__).parents[3] / "docs" / "search.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("| Text | As a whole | Parts |")[2].partition("\n\n")[0]
ROWS = [re.split(r" ?\| ?", line.strip("| "))[:3] for line in TABLE.splitlines()[2:]]


def test_there_are_examples():
    assert len(ROWS) >= 15


@pytest.mark.parametrize(("text", "wholes", "parts"), ROWS)
def test_an_example_is_true(text, wholes, parts):
    terms = [term for found in tokenize(text.strip("`")) for term in found.terms]
    for documented, is_part in ((wholes, False), (parts, True)):
        expected = re.findall(r"`([^`]+)`", documented)
        kept = [t.text for t in terms if t.is_part == is_part and t.text[0] != JOINED_PREFIX]
        assert kept == expected
