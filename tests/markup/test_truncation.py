"""How much of a text is formatted."""

import pytest

from wiki.markup.truncation import COST_LIMIT, FREE_LENGTH, affordable_beginning, cut_at_block_end

PARAGRAPH = "Some words of a paragraph, with *emphasis* and [a link](https://example.org).\n\n"


def test_a_text_of_usual_length_is_whole():
    for text in ("", "a", "[" * FREE_LENGTH, PARAGRAPH * 1_000):
        assert affordable_beginning(text) == text


@pytest.mark.parametrize("unit", [PARAGRAPH, "- [ ] an item\n", "# A\n", "$x$ ", "a^[b c] "])
def test_a_long_one_is_cut_where_a_block_or_word_ends(unit):
    text = unit * (2 * COST_LIMIT // len(unit))
    begun = affordable_beginning(text)
    assert text.startswith(begun)
    assert FREE_LENGTH < len(begun) < len(text)
    assert begun.endswith((unit, " "))
    assert affordable_beginning(text + "more") == begun


def test_what_costs_more_is_cut_earlier():
    plain, formulas = ("words " * 500_000, "$x$ " * 500_000)
    assert len(affordable_beginning(formulas)) < len(affordable_beginning(plain)) / 4


@pytest.mark.parametrize(
    ("text", "length", "begun"),
    [
        ("a b\n\nc d\n\ne f", 12, "a b\n\nc d\n\n"),
        ("a b\nc d\ne f", 10, "a b\nc d\n"),
        ("one two three", 9, "one two "),
        ("a\n\nlong words only", 12, "a\n\nlong "),
        ("lengthy", 4, "leng"),
        ("हिन्दी", 4, "हिन्"),
    ],
)
def test_a_cut_is_made_at_the_best_end_that_is_near(text, length, begun):
    assert cut_at_block_end(text, length) == begun
