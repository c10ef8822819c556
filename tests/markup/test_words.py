"""Emoji and abbreviations: words that are shown as something more."""

import pytest

from wiki.markup import render


def html(text: str) -> str:
    return render(text).html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (":rocket:", "🚀"),
        (":+1::-1:", "👍👎"),
        ("so:tada:!", "so🎉!"),
        (":nope: :tada:", ":nope: 🎉"),
        ("12:30:45", "12:30:45"),
        ("std::map::iterator", "std::map::iterator"),
        (":octocat:", ":octocat:"),
    ],
)
def test_shortcodes(text, shown):
    assert html(text) == f"<p>{shown}</p>"


@pytest.mark.parametrize("text", ["`:tada:`", "```\n:tada:\n```", "<https://e.org/:tada:>"])
def test_code_and_addresses_keep_their_colons(text):
    assert "🎉" not in html(text)


def test_a_heading_shows_its_emoji_and_keeps_githubs_anchor():
    rendered = render("## :rocket: Launch")
    assert rendered.outline[0].text == "🚀 Launch"
    assert rendered.outline[0].id == "rocket-launch"


def abbr(term: str, meaning: str) -> str:
    return f'<abbr tabindex="0" title="{meaning}"><span title="">{term}</span></abbr>'


def test_an_abbreviation_is_explained_wherever_it_stands():
    got = html("*[ORM]: Object-relational mapper\n\nAn ORM, no ORMs, `ORM`, [the ORM](/x).")
    assert got == (
        f"<p>An {abbr('ORM', 'Object-relational mapper')}, no ORMs, <code>ORM</code>, "
        '<a class="wikilink" href="wiki:x">the <abbr title="Object-relational mapper">ORM</abbr>'
        "</a>.</p>"
    )


def test_the_keyboard_stops_at_the_first_use_alone():
    got = html("*[ORM]: Mapper\n\nAn ORM.\n\n- The ORM, *that* ORM")
    later = '<abbr title="Mapper">ORM</abbr>'
    assert got.index(abbr("ORM", "Mapper")) < got.index(later)
    assert got.count("tabindex") == 1
    assert got.count(later) == 2


def test_the_longest_term_wins_and_a_later_definition_is_used():
    got = html("CSS and CSS Grid\n\n*[CSS]: Sheets\n*[CSS Grid]: Layout")
    assert got == f"<p>{abbr('CSS', 'Sheets')} and {abbr('CSS Grid', 'Layout')}</p>"


def test_a_meaning_is_text():
    got = html('*[X]: "><script>alert(1)</script>\n\nX')
    assert "<script" not in got
    assert 'title="&quot;&gt;&lt;script&gt;' in got


@pytest.mark.parametrize("link", ["[an X](/y)", "[[y|X]]", "[*X*](https://e.org)", "[X][r]"])
def test_an_abbreviation_in_a_link_leaves_the_focus_to_it(link):
    got = html(f"*[X]: Meaning\n[r]: /y\n\n{link} X")
    assert '<abbr title="Meaning">X</abbr>' in got
    assert got.endswith(f" {abbr('X', 'Meaning')}</p>")


def test_scripts_other_than_latin_have_abbreviations_too():
    assert abbr("አአዩ", "ዩኒቨርሲቲ") in html("*[አአዩ]: ዩኒቨርሲቲ\n\nበ አአዩ ነው።")
