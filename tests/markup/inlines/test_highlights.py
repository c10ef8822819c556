"""`==marked==`."""

import pytest

from wiki.markup import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("==a b==", "<mark>a b</mark>"),
        ("(==a==), ==é==!", "(<mark>a</mark>), <mark>é</mark>!"),
        (
            "==a *b* `c`== **==d==**",
            "<mark>a <em>b</em> <code>c</code></mark> <strong><mark>d</mark></strong>",
        ),
        ("==a\nb==", "<mark>a\nb</mark>"),
        ("这是==重点==内容 중==요==한", "这是<mark>重点</mark>内容 중<mark>요</mark>한"),
        ("[==a==](https://e.org)", None),
    ],
)
def test_what_is_marked(text, html):
    got = render(text).html
    assert (f"<p>{html}</p>" == got) if html else ("<mark>a</mark></a>" in got)


@pytest.mark.parametrize(
    "text",
    [
        "a == b, c == d",
        "a==b and c==d",
        "x==1, y==2",
        "YWJj== and ZGVm==",
        "===a===",
        "====",
        "== a ==",
        "\\==a==",
        "`==a==`",
        "    ==a==",
        "==a",
        "a==",
        "https://e.org/?a==b==",
    ],
)
def test_what_is_not(text):
    rendered = render(text)
    assert "<mark>" not in rendered.html
    assert "==" in rendered.plain


def test_words_are_found_without_the_signs():
    rendered = render("## A ==b== c\n\nd ==e==")
    assert rendered.outline[0].text == "A b c"
    assert rendered.plain == "A b c\nd e"
