"""What one sanitizer would let through, the other one stops."""

import logging
from pathlib import Path

import pytest

from tests.markup.attacks import ATTACKS
from wiki.markup import pipeline, render
from wiki.markup.sanitizer.second_sanitizer import sanitize_again
from wiki.markup.slots import LinkSlot, slots_of, with_slots
from wiki.markup.workers import bounded_render
from wiki.markup.workers.render_cache import RenderCache

STARTER = sorted(Path("wiki/hub/starter").rglob("*.md"))
PLACE = '<a class="wikilink" href="wiki:Some%20page#a" title="x">y</a>'
BOX = '<input type="checkbox" disabled checked aria-label="Done">'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a<script>b</script></p>", "<p>ab</p>"),
        ('<p onclick="x">a</p>', "<p>a</p>"),
        ('<p class="admin">a</p>', "<p>a</p>"),
        ('<p id="nx-search">a</p>', "<p>a</p>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<a href="//e.org">a</a>', "<a>a</a>"),
        ('<img src="https://e.org/x.png" alt="a">', '<img alt="a">'),
        ('<img src="data:image/png;base64,AA" alt="a">', '<img alt="a">'),
        ("<form action=/x><input name=a></form>", "<input>"),
        ("<svg><style><img src=x onerror=y></style></svg>", None),
        ("<!-- a -->b", "b"),
    ],
)
def test_what_the_first_one_might_leave(html, left):
    got, is_unchanged = sanitize_again(f"{PLACE}{BOX}{html}")
    assert not is_unchanged
    assert got.startswith(PLACE + BOX)
    assert "onerror" not in got
    assert left is None or got == f"{PLACE}{BOX}{left}"
    assert slots_of(with_slots(got), LinkSlot) == [LinkSlot("Some%20page", "#a", ' title="x"')]


def test_ways_of_writing_are_no_difference():
    html = (
        f'{PLACE}{BOX}<p title="&quot;&amp;\xa0">a\xa0&lt;b&gt; disabled=""</p><ol reversed></ol>'
    )
    assert sanitize_again(html) == (html, True)


def test_no_reference_becomes_a_mark():
    got, is_unchanged = sanitize_again("<pre>&#xfdd1;0&#64978;</pre><p onclick=x>&#65;</p>")
    assert (got, is_unchanged) == ("<pre>0</pre><p>A</p>", False)


def test_they_agree_on_our_own_pages():
    for path in STARTER:
        assert not pipeline.render_unbounded(path.read_text()).is_disputed, path


def test_they_agree_on_attacks():
    for attack in ATTACKS:
        assert not render(f"{attack}\n\n[a]({attack})").is_disputed, attack


@pytest.mark.parametrize("address", ["http://localhost:port", "https://[", "http://a:99999/"])
def test_an_address_that_no_browser_reads_leads_nowhere(address):
    rendered = render(f"[a](<{address}>)")
    assert "href" not in rendered.html
    assert not rendered.is_disputed


def test_a_disagreement_is_logged_without_a_word_of_the_text(monkeypatch, caplog):
    def sanitize(*_):
        return "<p onclick='x'>secret</p>", []

    monkeypatch.setattr(pipeline, "sanitize", sanitize)
    monkeypatch.setattr(bounded_render, "_cache", RenderCache())
    with caplog.at_level(logging.WARNING):
        rendered = render("secret")
    assert rendered.html == "<p>secret</p>"
    assert rendered.is_disputed
    (said,) = caplog.messages
    assert said.endswith("2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
    assert "secret" not in said
