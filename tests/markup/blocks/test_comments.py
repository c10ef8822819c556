"""`%%comments%%` are for editors only."""

import pytest

from wiki.markup import render
from wiki.markup.pipeline import source_rendering


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a %%hidden%% b", "<p>a b</p>"),
        ("a%%hidden%%b", "<p>ab</p>"),
        ("a %%hidden%%", "<p>a</p>"),
        ("%%hidden%% b", "<p>b</p>"),
        ("a %%hidden\nhidden%% b", "<p>a b</p>"),
        ("%%hidden%%", ""),
        ("%%hidden%% %%hidden%%", ""),
        ("a\n%%hidden%%\nb", "<p>a\nb</p>"),
        ("a\n\n%%\nhidden\n\n- hidden\n\n```\nhidden\n```\n%%\n\nb", "<p>a</p>\n<p>b</p>"),
        ("%% hidden\n\nhidden %% b", "<p>b</p>"),
        ("a\n%%\nhidden\n\nhidden\n%%\nb", "<p>a</p>\n<p>b</p>"),
        ("> %%\n> hidden\n>\n> hidden\n> %%\n> b", "<blockquote><p>b</p>\n</blockquote>"),
        ("==a %%hidden%%== *b %%hidden%%*", None),
    ],
)
def test_what_is_hidden(text, html):
    rendered = render(text)
    assert "hidden" not in repr(rendered)
    assert "%%" not in rendered.html
    assert html is None or rendered.html.replace("\n</blockquote>", "\n</blockquote>") == html


@pytest.mark.parametrize(
    "text",
    [
        "## A %%hidden%%",
        "- a\n- %%hidden%%",
        "- [ ] a %%hidden%%",
        "| a %%hidden%% |\n|---|\n| b |",
        "a[^1]\n\n[^1]: b %%hidden%%",
        "![a %%hidden%%](/files/1/a.png)",
        "[a %%hidden%%](https://e.org)",
        "> [!note] A %%hidden%%\n> b",
        ":::note A %%hidden%%\nb\n:::",
        "Term %%hidden%%\n: a",
        "%%[[hidden]]%% ![[x]] %%![[hidden]]%%",
    ],
)
def test_it_is_hidden_from_everything(text):
    assert "hidden" not in repr(render(text))


@pytest.mark.parametrize(
    "text",
    [
        "`%%shown%%`",
        "```\n%%shown%%\n```",
        "    %%shown%%",
        "```\n%%\nshown\n%%\n```",
        "\\%%shown%%",
        "100%% is shown and 50%% not",
        "%%shown",
        "%%\nshown",
        "- %%\n\nshown\n\n%%",
        "%%%shown%%%",
        "$a %%shown%%$",
    ],
)
def test_what_is_shown(text):
    assert "shown" in render(text).plain


def test_the_lines_of_headings_and_tasks_stay_their_own():
    rendered = render("%%\na\n\nb\n%%\n\n## C\n\n%%d%%\n\n- [ ] e")
    assert rendered.outline[0].line == 6
    assert rendered.tasks == (10,)


def test_a_text_that_could_not_be_formatted_is_not_found_by_its_comments():
    rendered = source_rendering("a %%hidden%% b")
    assert "hidden" not in rendered.plain + rendered.body
