"""What a page begins with."""

from wiki.markup import render
from wiki.markup.text.excerpt import opening_words


def opening(text: str) -> str:
    return opening_words(render(text).slotted)


def test_it_is_the_first_paragraph_as_it_reads():
    text = "## Heading\n\n```text\ncode\n```\n\nSome *first* `words` & [a link](https://x.org).\n\nMore.\n"
    assert opening(text) == "Some first words & a link."


def test_long_ones_end_between_words():
    shown = opening("word " * 100)
    assert shown.endswith("word…")
    assert len(shown) <= 161
    assert len(opening("ዓለም" * 200)) == 160


def test_there_may_be_nothing_to_say():
    assert opening("## Heading\n\n- a list\n") == ""
    assert opening("$$\nx^2\n$$\n") == ""


def test_comments_stay_unseen():
    assert opening("<!-- a secret -->\n\nWords.\n") == "Words."
