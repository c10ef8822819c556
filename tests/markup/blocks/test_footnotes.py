"""`[^1]` with its note below, and inline notes."""

import pytest

from wiki.markup import render
from wiki.markup.model import InternalLink


@pytest.mark.parametrize(
    "text",
    [
        "Redis is fast^[As *here*, see [[Redis]].].",
        "Redis is fast. ^[As *here*, see [[Redis]].]",
        "Redis is fast^[As *here*,\nsee [[Redis]].]",
    ],
)
def test_a_note_in_the_text_stands_at_the_end(text):
    rendered = render(text)
    assert "fast" in rendered.html.partition("</p>")[0]
    assert "see" not in rendered.html.partition("</p>")[0]
    assert '<a href="#fn:1" id="fnref:1">1</a>' in rendered.html
    assert '<li id="fn:1"><p>As <em>here</em>,' in rendered.html
    assert rendered.links == (InternalLink("Redis", "", "wiki"),)
    assert "As here, see Redis." in rendered.plain


def test_both_kinds_are_numbered_together():
    html = render("a[^x] b.^[Ibid.] c[^x]\n\n[^x]: Below\n").html
    assert '<li id="fn:1"><p>Below' in html
    assert '<li id="fn:2"><p>Ibid.' in html
    assert html.count('href="#fn:1"') == 2


@pytest.mark.parametrize(
    "text",
    [
        "Names match ^[a-z]+ or ^[A-Z_][a-z]*, not ^[0-9].",
        "It begins with ^[aeiou] or ^[^abc def].",
        "Words and spaces: ^[a-z A-Z]+$, ^[\\w ], ^[foo bar]{2}",
        'Written as "^[aeiou]" or (^[aeiou])',
        "x^[2], 2^[n]",
        "`a^[some words]`",
        "a\\^\\[some words\\]",
        "a ^[some words",
        "a ^[] b^[ ]",
    ],
)
def test_a_regular_expression_is_no_note(text):
    assert "footnote" not in render(text).html


def test_a_note_within_a_note_and_in_a_title():
    html = render("# A^[of the title]\n\nb^[c^[inner words] d]\n").html
    assert '<h2 id="a">A<sup' in html
    assert html.count("<li ") == 3


@pytest.mark.parametrize("unit", ["a^[b ", "a^[bcd efg] ", "^[", "^[a]("])
def test_many_of_them_are_rendered_in_time(unit):
    assert render(unit * 3_000).html


@pytest.mark.parametrize("inner", ["> [^b]: inner", "- [^b]: inner", "outer\n\n    [^b]: inner"])
def test_a_note_that_stands_in_another_one_is_its_own(inner):
    html = render(f"x[^a] y[^b]\n\n[^a]: {inner}\n").html
    assert '<li id="fn:2"><p>inner' in html
    assert html.count("<li id=") == 2


def test_an_abbreviation_may_follow_a_table_without_an_empty_line():
    assert '<abbr title="b"' in render("| a |\n|---|\n| X |\n*[X]: b\n").html.replace(
        ' tabindex="0"', ""
    )


def test_the_first_note_of_a_label_counts():
    html = render("x[^a]\n\n[^a]: first\n\n[^a]: second[^b]\n\n[^b]: third\n").html
    assert "<p>first" in html
    assert "second" not in html
    assert "third" not in html


def test_capitals_make_no_other_label():
    assert '<li id="fn:1"><p>note' in render("x[^Note] y[^note]\n\n[^NOTE]: note\n").html


@pytest.mark.parametrize("block", ["| a |\n|---|\n| b |", "> a\n> b", "> - a", "- a"])
def test_notes_may_follow_a_block_without_an_empty_line(block):
    html = render(f"x[^1]\n\n{block}\n[^1]: note\n").html
    assert '<li id="fn:1"><p>note' in html
    assert "note" not in html.partition("<section")[0].partition("x")[2].replace("footnote", "")
