"""Recent changes as an Atom feed (RFC 4287)."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.person import Person

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(person: Person) -> ElementTree.Element:
    answer = person.get("/changes.atom")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)  # noqa: S314  # our own


def texts(feed: ElementTree.Element, path: str) -> list[str]:
    return [node.text or "" for node in feed.findall("/".join(ATOM + p for p in path.split("/")))]


def test_it_works(client: Person, selam: Person, make_page: Any, make_user: Any) -> None:
    make_page("concepts/caching", by=make_user("dawit"), summary="A start")
    selam.post_form("/edit/concepts/caching", text="Another.\n", summary="Went on")
    feed = feed_of(client)
    assert texts(feed, "entry/title") == ["Caching", "Caching"]
    assert texts(feed, "entry/summary") == ["Went on", "A start"]
    assert texts(feed, "entry/author/name") == ["selam", "dawit"]
    links = [node.attrib["href"] for node in feed.findall(f"{ATOM}entry/{ATOM}link")]
    for link in links:
        assert client.get(link).status_code == 200, link


def test_what_the_standard_asks_for(client: Person, make_page: Any) -> None:
    make_page("redis")
    feed = feed_of(client)
    for name in ("id", "title", "updated"):
        assert texts(feed, name)[0]
        assert texts(feed, f"entry/{name}")[0]
    for time in texts(feed, "updated") + texts(feed, "entry/updated"):
        assert datetime.fromisoformat(time).tzinfo is not None
    own = [link for link in feed.findall(f"{ATOM}link") if link.attrib["rel"] == "self"]
    assert own[0].attrib["href"].endswith("/changes.atom")


def test_an_empty_wiki_has_a_feed(client: Person) -> None:
    assert texts(feed_of(client), "entry/id") == []


def test_ids_stay_when_titles_and_paths_change(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    (before,) = texts(feed_of(client), "entry/id")
    selam.post_form("/rename/redis", path="stores/redis", title="A store")
    ids = texts(feed_of(client), "entry/id")
    assert before in ids
    assert len(set(ids)) == 2


def test_ids_are_the_same_at_every_address(client: Person, make_page: Any) -> None:
    make_page("redis")
    for name in ("id", "entry/id"):
        (here,) = texts(feed_of(client), name)
        there = client.get("/changes.atom", base_url="https://wiki.example.org:8443").data
        assert texts(ElementTree.fromstring(there), name) == [here]  # noqa: S314  # our own
        assert here.startswith("urn:uuid:")


@pytest.mark.parametrize(
    "words", ["<b>&amp;", "]]>", "a & b", '"quoted"', "ሰላም 🦄", "-->", "<![CDATA["]
)
def test_titles_and_summaries_are_escaped(client: Person, make_page: Any, words: str) -> None:
    make_page("page", title=words, summary=words)
    feed = feed_of(client)
    assert texts(feed, "entry/title") == [words]
    assert texts(feed, "entry/summary") == [words]


def test_characters_that_xml_has_no_place_for(client: Person, make_page: Any) -> None:
    make_page("page", summary="a\x00b\x0bc\ud800d\ufffee\x1bf")
    assert texts(feed_of(client), "entry/summary")[0].startswith("a b c")


def test_a_feed_that_is_still_the_same_is_not_sent_again(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    tag = client.get("/changes.atom").headers["ETag"]
    assert client.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 304
    selam.post_form("/edit/redis", text="Another.\n")
    assert client.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 200


def test_a_deletion_changes_the_feed_whatever_the_clock_says(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("celery")
    selam.post_form("/delete/redis")
    now = format_datetime(datetime.now(UTC), usegmt=True)
    answer = client.get("/changes.atom", headers={"If-Modified-Since": now})
    assert answer.status_code == 200
    assert "Redis" not in answer.text


def test_pages_name_the_feed(client: Person) -> None:
    assert 'type="application/atom+xml"' in client.get("/changes").text
