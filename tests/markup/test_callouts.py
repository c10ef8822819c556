"""Alerts and admonitions."""

import pytest

from wiki.markup import render


def compact(text: str) -> str:
    return render(text).html.replace("\n", "")


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_githubs_alerts(kind):
    assert compact(f"> [!{kind.upper()}]\n> a *b*") == (
        f'<div class="admonition {kind}"><p class="admonition-title">{kind.title()}</p>'
        "<p>a <em>b</em></p></div>"
    )


def test_an_alert_of_another_kind_is_a_quote():
    assert render("> [!WHAT]\n> a").html.startswith("<blockquote>")


def test_an_admonition_with_a_title():
    assert compact('!!! warning "Mind the *gap*"\n    Body\n\n    - x') == (
        '<div class="admonition warning"><p class="admonition-title">Mind the <em>gap</em></p>'
        "<p>Body</p><ul><li>x</li></ul></div>"
    )


@pytest.mark.parametrize(
    ("written", "kind", "title"),
    [
        ("tip", "tip", "Tip"),
        ("danger", "caution", "Danger"),
        ("info", "note", "Info"),
        ("example", "note", "Example"),
    ],
)
def test_types_of_admonition(written, kind, title):
    assert compact(f"!!! {written}\n    a").startswith(
        f'<div class="admonition {kind}"><p class="admonition-title">{title}</p>'
    )


def test_an_admonition_without_a_title():
    assert compact('!!! note ""\n    a') == '<div class="admonition note"><p>a</p></div>'


def test_an_admonition_that_folds():
    assert compact('??? tip "More"\n    a') == (
        '<details class="admonition tip"><summary class="admonition-title">More</summary>'
        "<p>a</p></details>"
    )
    assert compact("???+ tip\n    a").startswith('<details open class="admonition tip">') or (
        compact("???+ tip\n    a").startswith('<details class="admonition tip" open')
    )


@pytest.mark.parametrize("text", ["!!!", "!!! wow, that was close", "??? what is this?", "!!!x!"])
def test_an_exclamation_is_a_sentence(text):
    assert render(text).html == f"<p>{text}</p>"
