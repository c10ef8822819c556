"""`:names:` of emoji, as on GitHub."""

import pytest

from wiki.markup import render


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (":rocket:", "🚀"),
        (":+1: :-1:", "👍 👎"),
        (":thumbsup:", "👍"),
        ("a:tada:b", "a🎉b"),
        (":no_such:tada:", ":no_such🎉"),
        (":flag_et:", ":flag_et:"),
        (":ethiopia:", "🇪🇹"),
        ("10:30:45", "10:30:45"),
        (":octocat:", ":octocat:"),
        ("`:rocket:`", "<code>:rocket:</code>"),
        ("**:rocket:**", "<strong>🚀</strong>"),
    ],
)
def test_a_name_becomes_its_character(written, shown):
    assert render(written).html == f"<p>{shown}</p>"


def test_addresses_and_code_keep_their_colons():
    html = render("https://e.org/:rocket:/x\n\n[a](/wiki/:rocket:)\n\n    :rocket:\n").html
    assert "🚀" not in html


def test_what_is_searched_has_the_character():
    rendered = render("# Ship it :rocket:\n\nnow :tada:")
    assert rendered.plain == "Ship it 🚀\nnow 🎉"
    assert rendered.outline[0].text == "Ship it 🚀"
