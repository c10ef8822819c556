"""Text of users in messages for Discord: it shows as it is, and is as long as allowed."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_names import OWN
from wiki.community.webhooks.messages.discord_text import escape_markdown, masked_link, utf16_length

TEXTS = st.text(st.characters(codec="utf-8"), max_size=400) | st.text(
    "\\*_~`|<>[]@#-:1. a", max_size=80
)
# What Discord's client takes for markup, each tried at its beginning; an escape comes first.
ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
MARKUP = re.compile(
    r"@|<|\*|_|~~|`|\|\||\[|https?://|:[\w~-]+:|^(?:#{1,3}|-#|>{1,3}|[-*+]|[0-9]+\.)\s",
    re.MULTILINE,
)


def shown(masked: str) -> tuple[str, list[str]]:
    """What a reader of Discord sees, and the markup that was found in it."""
    text, found, at = "", [], 0
    while at < len(masked):
        if escape := ESCAPE.match(masked, at):
            text, at = text + escape[1], escape.end()
            continue
        if markup := MARKUP.match(masked, at):
            found.append(markup[0])
        text, at = text + masked[at], at + 1
    return text, found


def plain(text: str) -> str:
    kept = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if c in "\u200c\u200d" or unicodedata.category(c) != "Cf"
    )
    return " ".join(kept.split())


@given(TEXTS)
def test_it_shows_as_it_was_written(text):
    assert shown(escape_markdown(text, 10_000)) == (plain(text), [])


@given(TEXTS, st.integers(1, 60))
def test_it_is_no_longer_than_allowed(text, limit):
    masked = escape_markdown(text, limit)
    assert utf16_length(masked) <= limit
    seen, markup = shown(masked)
    assert markup == []
    assert plain(text).startswith(seen.removesuffix("…").rstrip())


def test_nothing_in_it_is_markup():
    cases = [
        *("@everyone", "@here", "<@123>", "<@&5>", "<#7>", "<:a:1>", "<t:1:R>", "</say:1>"),
        *("**bold**", "__u__", "_i_", "~~s~~", "`code`", "```py\nx```", "||spoiler||"),
        *("[words](https://example.org)", "<https://example.org>", "https://example.org"),
        *(
            "# Heading",
            "-# small",
            "> quote",
            ">>> quotes",
            "- item",
            "* item",
            "1. one",
            ":smile:",
        ),
        *("\\*a*", "\\", "\\\\@everyone", "a\n# b", "a\r\n> b", "\u202e@everyone"),
        *OWN,
    ]
    for text in cases:
        assert shown(escape_markdown(text, 1000))[1] == [], text


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 4, "abc…"),
        ("a*****", 5, "a\\*…"),  # no escape is cut in half
        ("😀😀😀", 5, "😀😀…"),  # two units each
        ("ab\u0301\u0301\u0301", 3, "a…"),  # no letter without its marks
        ("አማርኛ ጽሑፍ", 5, "አማርኛ…"),
        ("one two", 5, "one…"),
    ],
)
def test_how_it_is_shortened(text, limit, cut):
    assert escape_markdown(text, limit) == cut


def test_an_address_behind_words_ends_where_it_should():
    assert masked_link("a", "https://e.org/a_(b)") == "[a](https://e.org/a_%28b%29)"
    assert masked_link("a", "https://e.org/" + "a" * 600) == "a"


def test_a_message_is_text_whatever_was_stored():
    assert escape_markdown("a\ud800b", 10) == "ab"
