"""The table of the security standard: it is whole, and every test that it names is there."""

import re
from collections import Counter

from tests.optional_resources import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| ([\d.]+) \| ([12]) \| (.+?) \| (\w+) \| (.*) \|$", TEXT, re.MULTILINE)
ATTACKS = (ROOT / "docs" / "attacks.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(test_\w+))?`", TEXT + ATTACKS)))
# Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
STATES = {"yes", "partly", "open", "host", "none"}


def test_every_requirement_stands_there_once():
    numbers = [number for number, *_rest in ROWS]
    assert Counter(int(number.partition(".")[0]) for number in numbers) == CHAPTERS
    assert numbers == sorted(set(numbers), key=lambda number: [*map(int, number.split("."))])


def test_every_one_has_a_test_or_a_reason():
    assert {state for *_rest, state, _shown in ROWS} <= STATES
    for number, _level, _what, state, shown in ROWS:
        has_test, words = "`tests/" in shown, re.sub(r"`tests/[^`]*`|<br>", "", shown).strip()
        assert has_test or words or state == "host", number
        assert words or state not in ("partly", "open"), f"{number}: say what is missing"


def test_what_is_open_is_reported_at_the_top():
    told = TEXT.partition("## What is open")[2].partition("\n## ")[0]
    listed = re.findall(r"^- \*\*([\d.]+)\*\*", told, re.MULTILINE)
    assert listed == [number for number, _level, _what, state, _shown in ROWS if state == "open"]


def test_the_totals_are_right():
    counted = Counter(state for *_rest, state, _shown in ROWS)
    told = dict(re.findall(r"(\w+): (\d+)", TEXT.partition("## ")[0]))
    assert {state: int(number) for state, number in told.items()} == counted


def test_every_test_that_is_named_is_there():
    for file, name in NAMED:
        source = (ROOT / file).read_text()
        assert re.search(
            rf"^(?:async )?def {name}\(" if name else r"^def test_", source, re.MULTILINE
        ), f"{file}::{name}"
