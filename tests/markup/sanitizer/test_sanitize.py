"""No text gets anything into a page but what a page may have.

`make attacks` sets NEXUS_TEST_ATTACKS to a file of payloads: then each is tried in each form.
"""

import json
import os
from functools import cache
from pathlib import Path

import pytest

from tests.markup.attacks import ATTACKS
from tests.markup.html_allowlist import assert_safe, violations
from tests.optional_resources import shared_path
from wiki.markup import render
from wiki.markup.sanitizer.sanitize import is_allowed
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.slots import LinkSlot, join, link_filler, split, with_slots

FORMS = {
    "html": "{}",
    "link": "[x]({})",
    "link in angles": "[x](<{}>)",
    "picture": "![x]({})",
    "wikilink": "[[{}]]",
    "label": "[[x|{}]]",
    "autolink": "<{}>",
    "definition": "[x]\n\n[x]: {}",
    "attribute": '<a href="{0}" title="{0}" id="{0}">x</a>',
    "single quotes": "<a href='{0}' title='{0}'>x</a>",
    "no quotes": "<img src={0} alt={0}>",
    "heading": "# {}",
    "cell": "| {} |\n|---|\n| {} |",
    "language": "```{}\nx\n```",
    "code": "`{}`",
    "title": '!!! note "{}"\n    {}',
    "note": "x[^1]\n\n[^1]: {}",
    "item": "- {}\n\n  ```\n  {}\n  ```\n",
    "unfinished": "<div title='\n\n```\nx\n```\n\n{}",
}


ALL = os.environ.get("NEXUS_TEST_ATTACKS", "")
WHOLE = {"html"}  # the forms in which every payload is tried
STEP = 6  # of the other forms, each gets every sixth payload, and each payload some of them
SANITIZED_AGAIN = {"html", "attribute", "item", "unfinished"}  # by two other sanitizers


@cache
def payloads() -> list[str]:
    path = Path(ALL) if ALL else shared_path("testdata/xss.jsonl")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["payload"] for line in lines]


def tried(form: str) -> list[str]:
    is_whole = ALL or form in WHOLE
    return payloads() if is_whole else payloads()[list(FORMS).index(form) % STEP :: STEP]


@pytest.mark.parametrize("form", FORMS)
def test_payloads(form):
    for payload in tried(form):
        page = render(FORMS[form].replace("{0}", "{}").replace("{}", payload))
        assert page.is_complete
        html = page.html
        assert not violations(html), html
        parts = split(with_slots(html))
        filled = join(parts, {LinkSlot: link_filler({})})
        assert not violations(filled.replace("wikilink missing", "wikilink")), html
        assert join(parts, {}) == html
        if form in SANITIZED_AGAIN:
            assert_safe(html)


# Where an attack stands alone, and inside of others.
PLACES = {
    "alone": "{}\n\n[[a]] $x$ `c`\n\n```py linenos\nx\n```\n",
    "link": '<a href="https://x.org">\n\n{}\n\n</a>\n\n[[a]]\n\n```py linenos\nx\n```\n',
    "list and table": "- {}\n\n| a |\n|--|\n| {} |\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_attacks_of_our_own(place):
    for attack in ATTACKS:
        page = render(PLACES[place].replace("{}", attack), path="a/b")
        assert page.is_complete
        assert_safe(page.html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<style>*{}</style>",
        "<math><mi>x</mi></math>",
        "<svg><a xlink:href='x'>x</a></svg>",
        "<noscript><p>x</p></noscript>",
        "<iframe src='https://e.org'></iframe>",
        "<form action='/x'><input name=a><button>x</button></form>",
        "<input type=checkbox checked>",
        "<video src='https://e.org'></video>",
        "<base href='https://e.org'>",
        "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=x>",
        "<p style='position:fixed'>x</p>",
        "<p class='admonition'>x</p>",
        "<p tabindex=1 role=button aria-label=x accesskey=x>x</p>",
        "<img src='/files/1/x.png' srcset='javascript:1 1x' onerror=x>",
        "<!-- comment -->",
    ],
)
def test_never(html):
    got = render(html).html
    for word in ("script", "style", "math", "svg", "iframe", "form", "input", "button", "video"):
        assert f"<{word}" not in got
    for name in ("class", "style", "tabindex", "role", "srcset", "onerror", "accesskey"):
        assert f" {name}=" not in got
    assert "<!--" not in got
    assert not violations(got)


@pytest.mark.parametrize("tag", ["title", "textarea", "SCRIPT", "style", "iframe", "plaintext"])
def test_a_tag_that_gfm_disallows_is_shown_as_text_and_takes_nothing_along(tag):
    got = render(f"The <{tag}> element.\n\n<div>\n<{tag} a=b>\n</div>\n\n## Next").html
    assert f"The &lt;{tag}&gt; element." in got
    assert f"&lt;{tag} a=b&gt;\n</div>" in got
    assert '<h2 id="next">' in got


def test_ids_of_authors_cannot_meet_those_of_the_frame():
    got = render('<p id="nx-search">a</p>\n\n<a name="login"></a>\n\n## nx-search').html
    assert 'id="user-nx-search"' in got
    assert 'id="user-login"' in got
    assert 'id="nx-' not in got


def test_what_authors_may_write():
    html = (
        '<p align="center"><kbd>Ctrl</kbd> H<sub>2</sub>O <abbr title="a &amp; b">x</abbr>'
        ' <span lang="am" dir="ltr">ሰ</span> <time datetime="2026-11-23">today</time></p>'
    )
    assert render(html).html == html


@pytest.mark.parametrize("value", ["0", "1", "-1", "\ufdd00", "&#xfdd0;0"])
def test_only_our_own_abbreviations_have_a_tab_stop(value):
    got = render(f'*[X]: Y\n\nX <abbr title="Y" tabindex="{value}">Y</abbr>').html
    assert got == (
        '<p><abbr tabindex="0" title="Y"><span title="">X</span></abbr> '
        '<abbr title="Y">Y</abbr></p>'
    )
    assert not is_allowed("abbr", "tabindex", f"{TRUSTED_MARK}1")
    assert not is_allowed("p", "tabindex", f"{TRUSTED_MARK}0")


def test_an_unfinished_attribute_swallows_no_slot():
    got = render("<div title='\n\n```\nx\n```\n\n## y\n\n[[z]]").html
    assert not violations(got)
    assert "\ufdd0" not in got
    assert "\ufdd1" not in got


def test_no_link_stands_in_a_link():
    got = render("<a href=/x>\n<table><tr><td>a<a href=/y>b</a></table></a>\n").html
    assert got.count("<a ") == 1
    numbered = render('<a href="/x">\n\n```py linenos\nx\n```\n\n</a>\n').html
    assert numbered.count("<a ") == 1
    assert '<span class="n">x</span>' in numbered
