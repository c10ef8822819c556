"""Code spans in texts that are otherwise plain."""

import random
import re
from html import unescape

import pytest

from tests.markup.pieces import RUNS
from tests.processor_time import bounded
from wiki.markup.spans import with_code_spans


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Run `make <it>` now", "Run <code>make &lt;it&gt;</code> now"),
        ("``a ` b`` & c", "<code>a ` b</code> &amp; c"),
        ("first `a`\n\nsecond", "first <code>a</code>\n\nsecond"),
        ("```sql\nSELECT 1\n```", "```sql\nSELECT 1\n```"),
        ("`not\nclosed`", "`not\nclosed`"),
        ("**/*.py and __init__, C:\\new\\_x", "**/*.py and __init__, C:\\new\\_x"),
        ("1. [a](b) <b>c</b> &amp;", "1. [a](b) &lt;b&gt;c&lt;/b&gt; &amp;amp;"),
    ],
)
def test_code_is_marked_and_nothing_else(text, html):
    assert with_code_spans(text) == html


def test_whatever_is_typed_is_shown():
    chance = random.Random(3)
    for _ in range(300):
        text = "".join(chance.choice([*RUNS, "`", "``", "\n"]) for _ in range(30))
        html = with_code_spans(text)
        assert re.findall("<[^>]*>", html.replace("<code>", "").replace("</code>", "")) == []
        shown = unescape(re.sub("</?code>", "", html))
        assert re.sub("[` ]", "", shown) == re.sub("[` ]", "", text)


def test_hostile_texts_take_no_time():
    for text in ("`a" * 3_000, "".join("`" * n + " " for n in range(1, 108)), "`\n" * 3_000):
        with bounded(0.5):
            with_code_spans(text)
