"""What a page tells search engines, and which pages ask not to be found."""

import re
from html import unescape

import pytest

NOT_FOR_SEARCH = [
    "/wiki/redis?revision=1",
    "/history/redis",
    "/diff/redis?from=1&to=2",
    "/blame/redis",
    "/links/redis",
    "/edit/redis",
    "/new",
    "/below/redis",
    "/search?q=redis",
    "/changes",
    "/files/",
    "/users/selam",
    "/account/settings",
    "/wiki/nowhere",
    "/nothing/of/the/kind",
]
FOR_SEARCH = ["/", "/wiki/redis", "/wiki/guides", "/pages", "/kinds/", "/kinds/page", "/tags/"]


@pytest.fixture
def selam(client_of, make_page):
    make_page("redis", title="Redis", text="Old.\n")
    make_page("redis/cluster")
    make_page("guides/one", tags=["db"])
    selam = client_of("selam")
    text = "## What\n\nRedis keeps *everything* in `RAM` & 'more'.\n"
    selam.post_form("/edit/redis", text=text)
    selam.get("/pages")  # where it is told
    return selam


def description(answer):
    found = re.search(r'<meta name="description" content="([^"]*)">', answer.text)
    return unescape(found[1]) if found else None


def test_tools_are_not_for_search_engines(selam):
    asked = '<meta name="robots" content="noindex">'
    assert {url: selam.get(url).text.count(asked) for url in NOT_FOR_SEARCH} == dict.fromkeys(
        NOT_FOR_SEARCH, 1
    )


def test_what_is_read_is(selam):
    for url in (*FOR_SEARCH, "/tags/db"):
        answer = selam.get(url)
        assert answer.status_code == 200, url
        assert "noindex" not in answer.text, url


def test_a_page_says_where_it_stands_and_how_it_begins(selam, client):
    answer = client.get("/wiki/redis?from=elsewhere")
    assert '<link rel="canonical" href="/wiki/redis">' in answer.text
    assert description(answer) == "Redis keeps everything in RAM & 'more'."


def test_a_summary_comes_first(client, make_page):
    make_page("a", text="First words.\n", fields={"summary": "In <one> sentence."})
    assert description(client.get("/wiki/a")) == "In <one> sentence."


def test_it_begins_with_its_own_words(client, selam, make_page):
    make_page("shown", text="Words of another page.\n")
    make_page("terms", kind="glossary", text="orm\n:   What stands between.\n")
    make_page("showing", text="![[shown]]\n\nAn orm of its own.\n")
    assert description(client.get("/wiki/showing")) == "An orm of its own."
    selam.post_form("/delete/shown")
    assert "another page" not in client.get("/wiki/showing").text


def test_what_has_no_words_is_not_described(client, make_page):
    make_page("empty", text="- a list\n")
    assert description(client.get("/wiki/empty")) is None
