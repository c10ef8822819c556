"""`^id` at a block's end."""

import pytest

from wiki.markup import render
from wiki.markup.model import InternalLink
from wiki.markup.slots import EmbedSlot, slots_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a ^b-1", '<p id="^b-1">a</p>'),
        ("a\n^b", '<p id="^b">a</p>'),
        ("a *c* ^b %%d%%", '<p id="^b">a <em>c</em></p>'),
        ("`a` ^b", '<p id="^b"><code>a</code></p>'),
        ("a\n\n^b", '<p id="^b">a</p>'),
        ("> a\n\n^b", '<div id="^b"><blockquote><p>a</p>\n</blockquote>\n</div>'),
        ("a ^B\n\nc ^b", '<p id="^b">a</p>\n<p>c</p>'),
        ("## a ^b", None),
    ],
)
def test_an_anchor_that_is_not_shown(text, html):
    rendered = render(text)
    assert html is None or rendered.html == html
    assert 'id="^b' in rendered.html
    assert "^" not in rendered.plain


def test_items_and_what_stands_below():
    html = render("- a ^one\n- b\n  - c ^two\n- [ ] d ^three\n\n^all").html
    assert '<div id="^all"><ul' in html
    for name in ("one", "two"):
        assert f'<li id="^{name}">' in html
    assert '<li class="task" id="^three">' in html
    for block in ("| a |\n|---|\n| b |", "```py\nx\n```", "$$\nx\n$$", "> [!note]\n> a", "- a"):
        assert render(f"{block}\n\n^b\n\nc").html.startswith('<div id="^b"><')


@pytest.mark.parametrize(
    "text", ["2 ^10", "a^b", "^b", "a \\^b", "`a ^b`", "a ^b c", "a ^", "a ^b_c", "$a ^b$"]
)  # fmt: skip
def test_what_is_none(text):
    rendered = render(text)
    assert "id=" not in rendered.html
    assert "^" in rendered.plain


def test_links_and_places():
    rendered = render(
        "[[Page#^Id-1]] [[#^id-1]] [a](#^Id-1) [b](page.md#^id-1)\n\n![[Page#^id-1]]\n\nc ^id-1"
    )
    assert rendered.html.count('href="#%5Eid-1"') == 2
    assert InternalLink("Page", "^id-1", "wiki") in rendered.links
    assert InternalLink("page", "^id-1", "markdown") in rendered.links
    assert ">Page</a>" in rendered.html
    assert slots_of(rendered.slotted, EmbedSlot) == [EmbedSlot("page", "Page", "^id-1")]


def test_nobody_else_has_such_an_id():
    assert 'id="^' not in render('<p id="^a">b</p>').html
