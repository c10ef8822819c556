"""Pages inside pages: what is shown of others, and what never is."""

import re
from html import unescape
from typing import Any

import pytest

from tests.person import Person
from wiki.hub.transfer.site.addresses import SiteAddresses
from wiki.markup import render
from wiki.markup.slots import without_slots
from wiki.pages.diffing.rendered_diff import diff_rendered
from wiki.pages.presentation.transclusion import with_prefixed_ids, without_ids
from wiki.web.base_url import prefix_urls


@pytest.fixture
def shown(client: Person, make_page: Any) -> Any:
    """`shown(text)`: the HTML of a page with this text, as a stranger gets it."""

    def shown(text: str, path: str = "outer") -> str:
        make_page(path, text=text)
        return client.get(f"/wiki/{path}").text

    return shown


def test_a_page_is_shown_with_its_own_links(shown: Any, make_page: Any) -> None:
    make_page("redis", title="Redis", text="# Setup\n\nA store, see [[celery]].\n")
    make_page("celery", title="Celery")
    html = shown("Before\n\n![[Redis]]\n\nAfter")
    assert '<section class="embedded" aria-label="Redis">' in html
    assert "A store, see" in html
    assert 'href="/wiki/celery"' in html
    # Ids and anchors belong to the page itself.
    assert 'id="setup"' not in html


def test_one_section_is_shown_alone(shown: Any, make_page: Any) -> None:
    text = "Lead\n\n## Install\n\nFirst\n\n### On Debian\n\napt\n\n## Use\n\nSecond\n"
    make_page("redis", text=text)
    html = shown("![[redis#Install]]")
    assert "First" in html
    assert "apt" in html
    assert "Second" not in html
    assert "Lead" not in html


@pytest.mark.parametrize(
    ("section", "word"),
    [("Nothing", "no such section"), ("In a list", "no such section")],
)
def test_a_section_that_is_none_leads_to_the_page(
    shown: Any, make_page: Any, section: str, word: str
) -> None:
    make_page("redis", text="- # In a list\n- more\n\n## Real\n")
    html = shown(f"![[redis#{section}]]")
    assert word in html
    assert 'href="/wiki/redis#' in html


def test_a_missing_page_is_an_offer(shown: Any) -> None:
    assert 'href="/new?title=Nothing+here"' in shown("![[Nothing here]]")


def test_loops_end(shown: Any, make_page: Any) -> None:
    make_page("one", text="One\n\n![[two]]")
    make_page("two", text="Two\n\n![[one]]")
    html = shown("![[one]]\n\n![[outer]]")
    assert html.count("embeds itself") == 2


def test_depth_ends(shown: Any, make_page: Any) -> None:
    for number in range(6):
        make_page(f"p{number}", text=f"Text{number}\n\n![[p{number + 1}]]")
    html = shown("![[p0]]")
    assert "Text2" in html
    assert "Text3" not in html
    assert "too deep" in html


def test_number_ends(shown: Any, make_page: Any) -> None:
    make_page("inner", text="Within\n")
    html = shown("\n\n".join(["![[inner]]"] * 40))
    assert html.count("Within") == 30
    assert "embeds too many other pages" in html


def test_what_may_not_be_seen_is_not_shown(
    shown: Any, make_page: Any, selam: Person, client: Person
) -> None:
    make_page("secret", title="Secret", text="The password is swordfish.\n", tags=["hidden"])
    make_page("list", text="```pages\ntag: hidden\n```")
    assert "swordfish" in shown("![[secret]]")
    selam.post_form("/delete/secret")
    html = client.get("/wiki/outer").text
    assert "swordfish" not in html
    assert 'href="/new?title=secret"' in html
    assert "No pages match" in client.get("/wiki/list").text


def test_a_change_of_what_is_shown_is_seen_at_once(
    shown: Any, make_page: Any, selam: Person, client: Person
) -> None:
    make_page("inner", text="Old words\n")
    shown("![[inner]]")
    before = client.get("/wiki/outer")
    assert (
        client.get("/wiki/outer", headers={"If-None-Match": before.headers["ETag"]}).status_code
        == 304
    )
    selam.post_form("/edit/inner", text="New words\n")
    after = client.get("/wiki/outer", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "New words" in after.text


def test_the_page_that_is_shown_knows_where(shown: Any, make_page: Any, client: Person) -> None:
    make_page("inner", text="Within\n")
    shown("![[inner]]")
    assert "/wiki/outer" in client.get("/links/inner").text


def test_lists_by_query(shown: Any, make_page: Any) -> None:
    make_page("a/n-plus-one", title="N+1", kind="challenge", tags=["django"])
    make_page("a/slow", title="Slow", kind="challenge", tags=["django", "old"])
    make_page("django", title="Django", kind="technology", tags=["django"])
    html = shown("```pages\ntag: Django\nnot-tag: old\nkind: challenge\npath: a\n```")
    listed = html.partition('<ul class="embedded-list">')[2].partition("</ul>")[0]
    assert "N+1" in listed
    assert "Slow" not in listed
    assert "/wiki/django" not in listed


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("colour: red", "A list consists of lines"),
        ("kind: nonsense", "no such kind"),
        ("status: nonsense", "open, solved or outdated"),
        ("sort: size", "by title or changed"),
        ("tag: x\nlimit: 1000", "1 to 100"),
        ("limit: 5", "which pages"),
        ("<b>x", "A list consists of lines"),
    ],
)
def test_a_mistaken_query_says_how(shown: Any, line: str, word: str) -> None:
    html = shown(f"```pages\n{line}\n```")
    assert word in html
    assert "<b>x" not in html


def test_the_preview_shows_the_same(selam: Person, make_page: Any) -> None:
    make_page("inner", text="Within\n")
    answer = selam.post_form("/new", title="Outer", text="![[inner]]", action="preview")
    assert "Within" in answer.text


def test_a_picture_that_is_not_there_says_its_name(shown: Any) -> None:
    html = shown("A ![[no such.png|300]] picture")
    assert '<span class="picture-place picture-broken"' in html
    assert "no such.png" in html


def test_one_block_is_shown_alone(shown: Any, make_page: Any) -> None:
    text = (
        "Before\n\nA *block* ^one\n\n- First\n- Second ^two\n  - Below\n\n"
        "> Said\n\n^three\n\nAfter\n"
    )
    make_page("redis", text=text)
    assert "<p>A <em>block</em></p>" in (html := shown("![[redis#^one]]", "a"))
    assert "Before" not in html
    html = shown("![[redis#^two]]", "b")
    assert "Second" in html
    assert "Below" in html
    assert "First" not in html
    assert "<blockquote><p>Said</p>" in (html := shown("![[redis#^three]]", "c"))
    assert "After" not in html
    assert "no such section" in shown("![[redis#^four]]", "d")


def test_a_link_to_a_block_leads_to_its_anchor(shown: Any, make_page: Any) -> None:
    make_page("redis", text="A block ^one\n")
    assert 'href="/wiki/redis#%5Eone"' in shown("[[redis#^one]]")


TAG = '<a id="app" href="/login" src="/logo.png">'


@pytest.mark.parametrize(
    "text",
    [
        TAG.replace("<", "\\<"),
        f"`{TAG}`",
        f"    {TAG}",
        f"```\n{TAG}\n```",
        f"```django\n{TAG}\n```",
    ],
)
@pytest.mark.parametrize(
    "changed",
    [
        lambda html: without_slots(without_ids(html, "other")),
        lambda html: without_slots(with_prefixed_ids(html, "c1-", "other")),
        lambda html: prefix_urls(without_slots(html), "/learn"),
        lambda html: SiteAddresses((), (), {}).relative(without_slots(html), "wiki/page.html"),
        lambda html: diff_rendered(without_slots(html), "")[0].html,
    ],
)
def test_what_a_text_says_of_ids_and_addresses_stays(text: str, changed: Any) -> None:
    shown = unescape(re.sub("<[^>]*>", "", changed(render(text).slotted)))
    assert TAG in shown


def test_an_id_in_code_is_none_of_the_texts() -> None:
    html = without_slots(with_prefixed_ids(render('`id="a"` [x](#a)').slotted, "c1-", "page"))
    assert 'href="/wiki/page#a"' in html
