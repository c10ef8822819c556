"""A private wiki, seen from outside: what is needed to sign in, and nothing more."""

import re

import pytest

MOUNTED = "http://example.org/learn"
BY_THEMSELVES = ("/favicon.ico", "/robots.txt", "/manifest.webmanifest", "/apple-touch-icon.png")


@pytest.fixture
def stranger(make_app):
    return make_app(public_reading=False).test_client()


def test_what_browsers_ask_for_by_themselves_is_there(stranger):
    for address in BY_THEMSELVES:
        with stranger.get(address) as answer:
            assert answer.status_code == 200, address


@pytest.mark.parametrize("address", ["/account/login", "/account/register", "/theme"])
def test_strangers_are_shown_no_way_into_what_they_may_not_read(stranger, address):
    text = stranger.get(address).text
    for leading in (
        "search",
        "opensearch.xml",
        "changes",
        "changes.atom",
        "kinds",
        "pages",
        "tags",
    ):
        assert not re.search(rf'(?:href|action|data-suggest)="/{leading}\b', text), leading
    assert "Sign in" in text


def test_everything_that_its_pages_load_is_there(stranger):
    text = stranger.get("/account/login").text
    loaded = re.findall(
        r'<(?:link rel="(?!search|alternate)[^>]*href|script[^>]*src)="([^"]+)"', text
    )
    assert len(loaded) > 4
    for address in loaded:
        with stranger.get(address) as answer:
            assert answer.status_code == 200, address


def test_readers_of_an_open_wiki_have_them_all(client):
    text = client.get("/account/login").text
    assert 'action="/search"' in text
    assert 'href="/changes.atom"' in text


@pytest.mark.parametrize("prefix", ["", "/learn"], ids=["stripped", "as it is"])
def test_below_a_path_a_stranger_comes_in_and_where_they_wanted(make_app, make_page, prefix):
    make_page("redis", text="Fast.\n")
    app = make_app(public_reading=False, base_url=MOUNTED)

    def get(client, path):
        headers = {"Accept": "text/html"}
        return client.get(prefix + path, base_url="http://example.org", headers=headers)

    stranger = app.test_client()
    assert get(stranger, "/wiki/redis").location == "/learn/account/login?next=/learn/wiki/redis"
    assert get(stranger, "/changes.atom").status_code in (302, 401)
    assert get(stranger, "/healthz").status_code == 200
    assert get(stranger, "/robots.txt").text.split() == ["User-agent:", "*", "Disallow:", "/learn/"]
    page = get(stranger, "/account/login?next=/learn/wiki/redis").text
    assert 'name="next" value="/learn/wiki/redis"' in page
    assert re.findall(r'(?:href|src|action)="(/(?!learn/)[^"]*)"', page) == []
