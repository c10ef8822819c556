"""Search in old revisions: what was taken out is found, what was erased isn't."""

import html
import re

import pytest

from wiki.pages.history import old_text_search


@pytest.fixture
def page(any_app, make_page, client_of):
    make_page(path="redis", text="An Old-Fashioned Secret stood here.\n\nAnd more.\n")
    selam = client_of("selam")
    selam.open_form("/edit/redis").submit(text="And more.\n")
    selam.open_form("/edit/redis").submit(text="And more and more.\n")
    return selam


def found(client, words, **arguments):
    return client.get("/search/old", query_string={"q": words, **arguments}).get_data(as_text=True)


def test_a_text_that_was_taken_out_is_found_with_what_took_it_out(page, client):
    shown = found(client, "old-fashioned secret")
    assert "<mark>Old-Fashioned</mark> <mark>Secret</mark> stood here." in shown
    assert "/wiki/redis?revision=1" in shown
    assert "/diff/redis?from=1&amp;to=2" in shown


def test_what_still_stands_or_never_stood_is_not(page, client):
    for words in ["more", "secret more zebra", "", '"secret old"', "tag:x"]:
        assert "revision=" not in found(client, words), words


def test_the_words_of_alternatives_and_filters_are_looked_for(page, client):
    for words in (
        "secret OR quagga",
        "quagga OR secret",
        '"secret stood" OR zebra',
        "sec* OR zeb*",
    ):
        assert_found(client, words, is_all_asked=True)
    assert_found(client, "here OR zebra secret", is_all_asked=True)
    for words in ("title:secret", "title:sec*", "secret tag:x", "secret -more", "secret OR tag:x"):
        assert_found(client, words, is_all_asked=False)


def assert_found(client, words, *, is_all_asked):
    shown = html.unescape(found(client, words))
    assert "/wiki/redis?revision=1" in shown
    assert re.search("<mark>Sec(ret)?</mark>", shown)
    assert ("are ignored here" not in shown) == is_all_asked


def test_of_alternatives_one_must_have_stood_there(page, client):
    for words in ("quagga OR zebra", "secret quagga OR zebra", "title:quagga"):
        shown = found(client, words)
        assert "revision=" not in shown
        assert "No old revision contains" in shown


def test_where_nothing_was_looked_for_nothing_is_said_of_it(client):
    for words in ("tag:x", '-"secret stood" kind:guide', "after:2020", "???"):
        shown = found(client, words)
        assert "No old revision contains" not in shown
        assert "No words to search for" in shown


def test_deleted_pages_are_not_looked_through(page, client):
    page.open_form("/delete/redis").submit(summary="old")
    assert "revision=" not in found(client, "secret")


def test_erased_texts_are_gone(page, client_of):
    client_of("boss", role="admin").open_form("/erase/redis?revision=1").submit(
        summary="a password"
    )
    assert "Fashioned" not in found(page, "secret").split("<main")[1].split("</form>")[1]


def test_a_long_search_goes_on_where_it_stopped(page, client, monkeypatch):
    monkeypatch.setattr(old_text_search, "MAX_SECONDS", -1.0)
    monkeypatch.setattr(old_text_search, "TEXTS_PER_BATCH", 1)
    shown, steps = found(client, "secret"), 0
    while "revision=1" not in shown and steps < 9:
        before = shown.split('name="before" value="')[1].split('"')[0]
        shown, steps = found(client, "secret", before=before), steps + 1
    assert steps == 2


def looked_back_at(client, words):
    """What is shown, round after round, of each: its page, its revision and what took it out."""
    shown = found(client, words)
    for _ in range(20):
        yield from re.findall(r'/diff/(\w+)\?from=(\d+)&amp;to=(\d+)"', shown)
        if 'name="before"' not in shown:
            assert "No old revision contains" not in shown
            return
        shown = found(client, words, before=shown.split('name="before" value="')[1].split('"')[0])
    raise AssertionError("it comes to no end")


def write(person, path, *texts):
    for text in texts:
        assert person.post_form(f"/edit/{path}", text=f"{text}\n").status_code == 303


@pytest.mark.parametrize("most", [1, 2, 30])
def test_a_page_is_shown_once_with_what_took_it_out(
    any_app, make_page, client_of, most, monkeypatch
):
    monkeypatch.setattr(old_text_search, "MAX_MATCHES", most)
    selam, pages = client_of("selam"), [f"p{number}" for number in range(3)]
    for path in (*pages, "twice", "again"):
        make_page(path=path, text="A zebrafish.\n")
    for path in pages:
        write(selam, path, "A zebrafish once more.")
    for path in pages:
        write(selam, path, "A fish.")
    write(selam, "twice", "A fish.", "A zebrafish came back.", "A fish stays.")
    write(selam, "again", "A fish.", "A zebrafish, again.")
    shown = list(looked_back_at(selam, "zebrafish"))
    assert sorted(shown) == [*((path, "2", "3") for path in pages), ("twice", "3", "4")]


def test_what_took_it_out_can_be_compared_though_a_text_between_was_erased(page, client_of):
    page.post_form("/edit/redis", text="The last.\n")
    boss = client_of("boss", role="admin")
    boss.open_form("/erase/redis?revision=2").submit(summary="a password")
    assert list(looked_back_at(page, "secret")) == [("redis", "1", "3")]
    assert page.get("/diff/redis?from=1&to=3").status_code == 200


@pytest.mark.settings(public_reading=False)
def test_a_closed_wiki_tells_strangers_nothing(page, client):
    assert client.get("/search/old?q=secret").status_code == 401
