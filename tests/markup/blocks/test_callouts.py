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


@pytest.mark.parametrize(
    ("written", "kind", "title"),
    [
        *(
            (word, word, word.capitalize())
            for word in (
                *("note", "abstract", "info", "todo", "tip", "success", "question", "warning"),
                *("failure", "danger", "bug", "example", "quote"),
            )
        ),
        *(("summary", "abstract", "Summary"), ("TLDR", "abstract", "TLDR")),
        *(("hint", "tip", "Hint"), ("check", "success", "Check"), ("done", "success", "Done")),
        *(("help", "question", "Help"), ("faq", "question", "FAQ")),
        *(("attention", "warning", "Attention"), ("fail", "failure", "Fail")),
        *(("missing", "failure", "Missing"), ("error", "danger", "Error")),
        *(("cite", "quote", "Cite"), ("my-own", "note", "My own"), ("WHAT", "note", "What")),
        ("note|wide", "note", "Note"),
    ],
)
def test_obsidians_kinds_and_their_other_names(written, kind, title):
    assert compact(f"> [!{written}]\n> a") == (
        f'<div class="admonition {kind}"><p class="admonition-title">{title}</p><p>a</p></div>'
    )


def test_a_title_of_its_own():
    assert compact("> [!NOTE] Mind the *gap*\n> a") == (
        '<div class="admonition note"><p class="admonition-title">Mind the <em>gap</em></p>'
        "<p>a</p></div>"
    )
    assert compact("> [!bug] No more than that") == (
        '<div class="admonition bug"><p class="admonition-title">No more than that</p></div>'
    )
    rendered = render("> [!tip] See [[redis]]\n\n> [!tip]\n> b")
    assert [link.target for link in rendered.links] == ["redis"]
    assert rendered.plain == "See redis\nb"


def test_a_fold_is_a_disclosure():
    assert compact("> [!tip]- Fold\n> a") == (
        '<details class="admonition tip"><summary class="admonition-title">Fold</summary>'
        "<p>a</p></details>"
    )
    assert compact("> [!faq]+\n> a") == (
        '<details class="admonition question" open><summary class="admonition-title">FAQ</summary>'
        "<p>a</p></details>"
    )


def test_one_in_another():
    got = compact("> [!question] Can they?\n> > [!todo] They can\n> > > [!example]\n> > > a")
    assert got.count('<div class="admonition ') == 3
    assert got.endswith("<p>a</p></div></div></div>")


def test_what_follows_the_marker_is_read_as_if_it_stood_first():
    assert "<dl>" in render("> [!NOTE]\n> Term\n> : Meaning").html
    assert 'href="wiki:x"' in render("> [!NOTE]\n> [a]: /x\n> [a]").html
    assert "<table>" in render("> [!NOTE] T\n> | a |\n> |---|\n> | b |").html
    assert 'class="code"' in render("> [!NOTE]\n>     code").html


@pytest.mark.parametrize(
    "text", ["> a\n> [!NOTE]", "> [!x", "> [!a](b)", "> \\[!NOTE]", "> [!]\n> a", "[!NOTE]"]
)
def test_what_is_no_callout(text):
    assert "admonition" not in render(text).html


@pytest.mark.parametrize(
    ("line", "kind", "title"),
    [
        (":::note", "note", "Note"),
        (":::tip Mind it", "tip", "Mind it"),
        ("::: info Mind it", "info", "Mind it"),
        (":::warning[Mind the *gap*]", "warning", "Mind the <em>gap</em>"),
        (":::danger[Mind]{.wide #a}", "danger", "Mind"),
        (':::note{title="Mind *it*"}', "note", "Mind <em>it</em>"),
        (":::tip {.wide title='Mind it' #a}", "tip", "Mind it"),
        (':::tip[Mind]{title="Not this"}', "tip", "Mind"),
        (':::tip{subtitle="Mind it"}', "tip", "Tip"),
        (":::{caution}", "caution", "Caution"),
        ("::::CAUTION", "caution", "Caution"),
    ],
)
def test_between_colons(line, kind, title):
    colons = "::::" if line.startswith("::::") else ":::"
    expected = (
        f'<div class="admonition {kind}"><p class="admonition-title">{title}</p>'
        "<p>a</p><ul><li>b</li></ul></div><p>c</p>"
    )
    assert compact(f"{line}\na\n\n- b\n{colons}\nc") == expected


def test_colons_that_fold():
    assert compact("::: details More\na\n:::").startswith(
        '<details class="admonition note"><summary class="admonition-title">More</summary>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "::::info\n:::tip\na\n:::\n::::",
        ":::info\n:::tip\na\n:::\n:::",
        "> :::info\n> :::tip\n> a\n> :::\n> :::",
        "- :::info\n  :::tip\n  a\n  :::\n  :::",
        ":::info\n\n```\n:::\n```\n\n:::tip\na\n:::\n:::",
    ],
)
def test_colons_nest(text):
    got = compact(text)
    assert got.count('<div class="admonition ') == 2
    assert '<div class="admonition tip"><p class="admonition-title">Tip</p><p>a</p></div>' in got
    assert "<p>:::" not in got


@pytest.mark.parametrize(
    "text",
    [
        ":::note\na",
        ":::what\na\n:::",
        "::note\na\n::",
        ":::\na\n:::",
        "`:::note`\n:::",
        "    :::note\n    a\n    :::",
        "```\n:::note\na\n:::\n```",
        "- :::note\n\na\n:::",
    ],
)
def test_colons_that_begin_nothing_are_text(text):
    rendered = render(text)
    assert "admonition" not in rendered.html
    assert ":::" in rendered.plain or "::note" in rendered.plain


def test_an_admonition_with_a_title():
    assert compact('!!! warning "Mind the *gap*"\n    Body\n\n    - x') == (
        '<div class="admonition warning"><p class="admonition-title">Mind the <em>gap</em></p>'
        "<p>Body</p><ul><li>x</li></ul></div>"
    )


@pytest.mark.parametrize(
    ("written", "kind", "title"),
    [
        ("tip", "tip", "Tip"),
        ("danger", "danger", "Danger"),
        ("summary", "abstract", "Summary"),
        ("whatever", "note", "Whatever"),
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
