"""Facets over HTTP: counts, and links that narrow, switch and take back."""

import html
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from wiki.search.query.units import MAX_QUERY_LENGTH
from wiki.search.results.facets import toggle_filter


@pytest.fixture
def pages(make_page, index_now):
    make_page(path="redis", text="A cache.", kind="technology", tags=["Cache", "Data base"])
    make_page(path="varnish", text="A cache.", kind="technology", tags=["cache"])
    make_page(
        path="stale", text="A cache.", kind="challenge", tags=["cache"], fields={"status": "solved"}
    )
    make_page(path="other", text="Something else.", kind="guide", tags=["hidden-tag"])
    index_now()


def facets(client, query, **arguments):
    """`{label: (count, query, is chosen)}` of all facet links."""
    page = client.get("/search", query_string={"q": query, **arguments}).get_data(as_text=True)
    nav = page.partition('<nav class="facets"')[2].partition("</nav>")[0]
    found = {}
    for href, attributes, label, count in re.findall(
        r'<li><a href="([^"]+)"([^>]*)><bdi>([^<]*)</bdi> <span class="count">(.*?)</span>', nav
    ):
        query = parse_qs(urlsplit(html.unescape(href)).query)["q"][0]
        found[label] = (
            int(count) if count.isdigit() else None,
            query,
            "aria-current" in attributes,
        )
    return found


def total(client, query):
    answer = client.get(
        "/search", query_string={"q": query}, headers={"Accept": "application/json"}
    )
    return answer.get_json()["total"]


def test_counts_are_of_what_was_found(client, pages):
    shown = facets(client, "cache")
    assert shown["Technologies"] == (2, "cache kind:technology", False)
    assert shown["Challenges"] == (1, "cache kind:challenge", False)
    assert shown["Solved"] == (1, "cache status:solved", False)
    assert shown["data-base"] == (1, "cache tag:data-base", False)
    assert "Guides" not in shown
    assert "hidden-tag" not in shown


def test_every_link_finds_as_many_as_it_says(client, pages):
    for count, query, _ in facets(client, "cache").values():
        assert total(client, query) == count


def test_a_chosen_kind_can_be_switched_and_taken_back(client, pages):
    shown = facets(client, "cache kind:technology")
    assert shown["Technologies"] == (None, "cache", True)
    assert shown["Challenges"] == (1, "cache kind:challenge", False)


def test_tags_add_up(client, pages):
    shown = facets(client, "cache tag:cache")
    assert shown["data-base"] == (1, "cache tag:cache tag:data-base", False)


def test_a_pasted_text_can_be_narrowed(client, pages):
    paste = "cache " + "word " * 60
    shown = facets(client, paste)
    assert total(client, shown["Challenges"][1]) == 1


@pytest.mark.parametrize("text", ["cache " + "word " * 1_999, "cache " + "ቃል\n" * 3_000])
def test_a_long_text_stands_once_in_its_page(client_of, pages, text):
    browser = client_of("selam")
    page = browser.get("/search", query_string={"q": text, "per_page": "2"})
    assert len(page.data) < 1.5 * len(text.encode()) + 10_000
    assert b"Page 1 of 2" in page.data
    # A button of the form sends the text, and what was chosen.
    for chosen in ("kind:challenge", "tag:data-base", "status:solved"):
        assert f'form="nx-finding" name="narrow" value="{chosen}"'.encode() in page.data
    narrowed = browser.get("/search", query_string={"narrow": "kind:challenge", "q": text})
    assert b"1 page contains" in narrowed.data
    assert b" kind:challenge" in narrowed.data
    assert b'value="kind:challenge" aria-current="true"' in narrowed.data


@pytest.mark.parametrize("words", ["OR", "tag:a{}", "kind:x", "kind:“"])
def test_no_query_takes_long_to_narrow(client, pages, words):
    text = " ".join(words.format(number) for number in range(40_000))
    typed, sent = f"{text[:9_800]} cache", f"{text[:90_000]} cache"
    begun = time.process_time()
    answer = client.get(
        "/search", query_string={"q": typed}, headers={"Accept": "application/json"}
    )
    assert len(answer.data) < 1_000_000
    narrowed = toggle_filter(sent, "kind:guide")
    assert narrowed.endswith(" kind:guide")
    assert len(narrowed) <= MAX_QUERY_LENGTH
    assert time.process_time() - begun < 1


def test_choosing_again_takes_back():
    assert toggle_filter("cache", "kind:guide") == "cache kind:guide"
    assert toggle_filter("cache kind:guide", "kind:guide") == "cache"
    assert toggle_filter("cache kind:guide", "kind:page") == "cache kind:page"
    assert toggle_filter("cache tag:a", "tag:b") == "cache tag:a tag:b"
    assert toggle_filter("cache after:7d", "before:1y") == "cache before:1y"
    assert toggle_filter("cache -kind:guide", "kind:guide") == "cache -kind:guide kind:guide"
    assert toggle_filter("cache", "title:x") == toggle_filter("cache", "kind:") == "cache"


def test_what_is_hidden_is_not_counted(client, client_of, pages):
    client_of("selam").open_form("/delete/stale").submit(summary="old")
    shown = facets(client, "cache")
    assert "Challenges" not in shown
    assert "Solved" not in shown


def test_changed_lately(client, pages):
    shown = facets(client, "cache after:7d")
    assert shown["Past week"] == (None, "cache", True)
    assert total(client, "cache before:1y") == 0


def test_facets_keep_the_order(client, pages):
    page = client.get("/search?q=cache&sort=date").get_data(as_text=True)
    assert "kind:challenge&amp;sort=date" in page.replace("%3A", ":")


def test_sorted_by_date(client, make_page, index_now, pages):
    make_page(path="newest", text="Cache among many other words. " * 9)
    index_now()
    answer = client.get("/search?q=cache&sort=date", headers={"Accept": "application/json"})
    assert answer.get_json()["hits"][0]["path"] == "newest"


def test_tags_of_signs_alone_and_in_quotation_marks_narrow(client, make_page, index_now):
    make_page(path="hot", text="A quokka.", tags=["🔥"])
    make_page(path="quoted", text="A quokka.", tags=['"quoted"'])
    make_page(path="plain", text="A quokka.")
    index_now()
    found = facets(client, "quokka")
    for label in ("🔥", "quoted"):
        count, query, _ = found[label]
        assert count == total(client, query) == 1
        assert facets(client, query)[label][2]


def test_a_loose_or_does_not_widen_what_a_facet_narrows(client, pages):
    for query in ("cache OR", "cache OR OR"):
        for count, narrowed, _ in facets(client, query).values():
            assert count == total(client, narrowed), narrowed
