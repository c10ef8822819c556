"""Where links lead."""

import pytest

from wiki.markup import InternalLink, render


def link_of(source: str, path: str = "") -> InternalLink | None:
    links = render(source, path=path).links
    return links[0] if links else None


@pytest.mark.parametrize(
    ("source", "target", "fragment"),
    [
        ("[[Title]]", "Title", ""),
        ("[[ A  Title ]]", "A Title", ""),
        ("[[a/b-c]]", "a/b-c", ""),
        ("[[a/b|Label]]", "a/b", ""),
        ("[[a/b#section]]", "a/b", "section"),
        ("[[a/b#A Section?|x]]", "a/b", "a-section"),
        ("[[C#]]", "C#", ""),
        ("[[a#Chapter#A Section]]", "a", "a-section"),
        ("[[F# in a day|x]]", "F# in a day", ""),
        ("[[ሰላም ዓለም]]", "ሰላም ዓለም", ""),
        ("[[A\u030angstro\u0308m]]", "Ångström", ""),
        ("[[a\"b<c>&d']]", "a\"b<c>&d'", ""),
        ("| x |\n|---|\n| [[a/b\\|c]] |", "a/b", ""),
    ],
)
def test_wikilinks(source, target, fragment):
    assert link_of(source) == InternalLink(target, fragment, "wiki")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[[a/b]]", "a/b"),
        ("[[a/b|The *b*]]", "The *b*"),
        ("[[a|b & c]]", "b &amp; c"),
        ("[[a#Some Section]]", "a § Some Section"),
        ("[[#Some Section]]", "Some Section"),
    ],
)
def test_labels_of_wikilinks(source, shown):
    assert f">{shown}</a>" in render(source).html


@pytest.mark.parametrize(
    "source",
    ["`[[a]]`", "    [[a]]", "```\n[[a]]\n```", "[[]]", "[[ | x]]", "[[a\nb]]", "\\[[a]]", "[[a]"],
)
def test_not_a_wikilink(source):
    assert link_of(source) is None


def test_commonmark_comes_before_wikilinks():
    assert 'href="https://e.org"' in render("[[1]](https://e.org)").html
    assert 'href="https://e.org"' in render("[[foo]]\n\n[foo]: https://e.org").html


@pytest.mark.parametrize(
    ("href", "path", "target", "fragment"),
    [
        ("/wiki/foo", "", "foo", ""),
        ("/wiki/a/b#c", "", "a/b", "c"),
        ("/wiki/%E1%88%B0%E1%88%8B%E1%88%9D", "", "ሰላም", ""),
        ("/section/slug#frag", "x/y", "section/slug", "frag"),
        ("other-page.md", "", "other-page", ""),
        ("other-page.md#s", "a/b", "a/other-page", "s"),
        ("../b/c", "x/y/z", "x/b/c", ""),
        ("./c.markdown", "x/y", "x/c", ""),
        ("../../../../c", "x/y", "c", ""),
        ("node.js", "a/b", "a/node.js", ""),
        ("other?x=1#f", "", "other", "f"),
        ("/a//b/", "", "a/b", ""),
        # A README and an index are their folder's page, however a link names it.
        ("guide/README.md", "", "guide", ""),
        ("guide/readme.markdown#s", "a/b", "a/guide", "s"),
        ("guide/index.md", "a/b", "a/guide", ""),
        ("guide/_index.md", "a/b", "a/guide", ""),
        ("guide/Index.MD?plain=1#s", "a/b", "a/guide", "s"),
        ("index.md", "a/b", "a", ""),
        ("../README.md", "a/b/c", "a", ""),
        ("./", "a/b", "a", ""),
        ("guide/", "a/b", "a/guide", ""),
        ("..", "a/b/c", "a", ""),
        ("/guide/README.md", "a/b", "guide", ""),
        ("README.md", "a", "README", ""),
        ("../index.md", "a/b", "index", ""),
        ("_index.md", "a", "index", ""),
        ("/wiki/guide/README", "", "guide/README", ""),
        ("guide/README", "", "guide/README", ""),
        ("page.md/#a", "", "page", "a"),
        ("page.md?plain=1", "", "page", ""),
        ("/a/page.md?plain=1#L3", "", "a/page", "l3"),
        ("My%20Note.md", "", "My Note", ""),
        # A section by its heading's text, or by its id.
        ("Note.md#My%20Heading", "", "Note", "my-heading"),
        ("Note.md#My-Heading", "", "Note", "my-heading"),
        ("Note.md#What's%20new?", "", "Note", "whats-new"),
        ("Note.md#%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80", "", "Note", "हिन्दी"),
        ("Note.md#user-Own.id", "", "Note", "user-Own.id"),
    ],
)
def test_links_to_pages(href, path, target, fragment):
    assert link_of(f"[x]({href})", path) == InternalLink(target, fragment, "markdown")
    assert link_of(f'<a href="{href}">x</a>', path) == InternalLink(target, fragment, "markdown")


@pytest.mark.parametrize(
    "href", ["/search?q=a&b=c", "/files/3/a.pdf", "/", "/wiki/a?revision=3", "/tags/x"]
)
def test_links_to_other_places_of_the_wiki_stay_as_they_are(href):
    rendered = render(f"[x]({href})")
    assert rendered.links == ()
    assert f'<a href="{href.replace("&", "&amp;")}">x</a>' in rendered.html


@pytest.mark.parametrize(("href", "path"), [("./", "a"), ("..", "a/b"), ("../", "a/b")])
def test_the_folder_of_all_is_the_front_page(href, path):
    assert '<a href="/">x</a>' in render(f"[x]({href})", path=path).html


@pytest.mark.parametrize("href", ["https://e.org/a", "http://e.org", "mailto:a@e.org"])
def test_links_outside(href):
    assert f'<a class="external" href="{href}" rel="nofollow ugc noopener">x</a>' in (
        render(f"[x]({href})").html
    )
    assert 'rel="nofollow ugc noopener"' in render(f'<a href="{href}" rel="me">x</a>').html


@pytest.mark.parametrize(
    "href",
    [
        "javascript:123",
        "java&#x0A;script:alert(1)",
        "JaVaScRiPt:alert(1)",
        "vbscript:1",
        "data:text/html,x",
        "data:1",
        "tel:123",
        "foo:12",
        "ftp://e.org",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "https:///evil.example",
        "wiki:forged",
        "picture.png",
        "",
    ],
)
def test_links_that_lead_nowhere(href):
    for rendered in (render(f'<a href="{href}">x</a>'), render(f"[x](<{href}>)")):
        assert rendered.links == ()
        assert "href" not in rendered.html


def test_a_link_on_this_page():
    assert '<a href="#b">' in render("[a](#b)").html
    assert '<a href="#b-c">' in render("[[#B c]]").html


def test_a_link_on_this_page_finds_its_heading_however_it_is_written():
    text = '## Some Heading\n\n<p id="own">x</p>\n\n'
    assert '<a href="#some-heading">' in render(text + "[a](#Some-Heading)").html
    assert '<a href="#user-own">' in render(text + "[a](#own)").html
    assert '<a href="#user-own">' in render("[a](#own)\n\n" + text).html
    assert '<a href="#elsewhere">' in render(text + "[a](#elsewhere)").html


def test_each_link_is_recorded_once_and_in_order():
    got = render("[[b]] [[a]] [[b]] [x](b.md) [[b#c]]").links
    assert [(link.target, link.fragment, link.kind) for link in got] == [
        ("b", "", "wiki"),
        ("a", "", "wiki"),
        ("b", "", "markdown"),
        ("b", "c", "wiki"),
    ]


def test_an_authors_html_cannot_forge_a_marked_place():
    got = render(
        '<a class="wikilink" href="wiki:a" data-x="1" target="_top" onclick="x()">x</a>'
        '<a href="&#xFDD0;a#">y</a><a class="wikilink missing" href="https://e.org">z</a>'
    )
    assert got.html == (
        '<p><a>x</a><a class="wikilink" href="wiki:a">y</a>'
        '<a class="external" href="https://e.org" rel="nofollow ugc noopener">z</a></p>'
    )


def test_an_address_of_mail_may_have_underscores():
    assert ">abebe_b@example.org</a>" in render("To abebe_b@example.org.").html
    words = render("snake_case_name _em_ _a_b_").html
    assert words == "<p>snake_case_name <em>em</em> <em>a_b</em></p>"
