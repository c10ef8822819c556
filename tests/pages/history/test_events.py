"""One renaming is one event, whatever it brings about in other pages."""

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Person
from wiki.pages.maintenance.integrity import find_problems


@pytest.fixture
def renamed(selam: Person, dawit: Person, make_page: Any, make_user: Any) -> None:
    """Thirteen pages of dawit's link to a page that selam renames; two stand below it."""
    dawits = make_user("dawit")
    make_page("redis", by=dawits)
    for number in range(13):
        make_page(f"guide-{number:02}", text="See [[redis]].\n", by=dawits)
    for name in ("one", "two"):
        make_page(f"redis/{name}", by=dawits)
    answer = selam.open_form("/rename/redis").submit(
        path="stores/redis", title="A store", subtree=True, links=True, summary="In its folder"
    )
    assert answer.status_code == 303


def entries(answer: Any) -> list[str]:
    return re.findall(r'<li class="change">.*?\n</li>', answer.text, re.DOTALL)


def test_it_stands_in_recent_changes_once(any_app: Any, client: Person, renamed: None) -> None:
    first, second, *_ = entries(client.get("/changes"))
    words = " ".join(re.sub("<[^>]*>", "", first).split())
    assert "renamed Redis to A store" in words
    assert "2 pages below moved, too, links updated in 13 pages" in words
    assert "Two" in second
    assert "created" in second
    assert len(entries(client.get("/changes"))) == 17


def test_it_can_be_unfolded(client: Person, renamed: None) -> None:
    first = entries(client.get("/changes"))[0]
    assert "<details" in first
    links = re.findall(r'href="(/(?:wiki|diff|changes)[^"]*)"', first)
    assert "/wiki/stores/redis/one" in links
    assert "/wiki/guide-03" in links
    (everything,) = [unescape(link) for link in links if link.startswith("/changes")]
    assert len(entries(client.get(everything))) == 15
    for link in links:
        assert client.get(unescape(link)).status_code == 200, link


def test_the_front_page_shows_it_once(client: Person, renamed: None, dawit: Person) -> None:
    dawit.post_form("/edit/guide-03", text="Else.\n")
    text = client.get("/").text
    latest = text[text.index("Latest changes") :]
    assert re.findall(r'href="/wiki/([^"]*)"', latest)[:2] == ["guide-03", "stores/redis"]
    assert latest.count("selam") == latest.count("stores/redis<") + 2  # its link and its name


def test_bylines_tell_of_the_last_real_change(client: Person, renamed: None) -> None:
    for path in ("guide-03", "stores/redis/one"):
        words = main(client.get(f"/wiki/{path}"))
        assert "by dawit" in words
        assert "selam" not in words
    assert "by selam" in main(client.get("/wiki/stores/redis"))
    assert raw(client, "guide-03") == "See [[stores/redis]].\n"


def test_who_renamed_has_one_change_more(client: Person, renamed: None) -> None:
    answer = client.get("/users/selam")
    assert "1 change " in main(answer)
    assert len(entries(answer)) == 1
    assert "links updated in 13 pages" in main(answer)


def test_histories_tell_everything(client: Person, renamed: None) -> None:
    assert count_revisions(client, "guide-03") == 2
    answer = client.get("/history/guide-03")
    words = main(answer)
    assert "links updated" in words
    assert "minor" in words
    (event,) = set(re.findall(r'href="(/changes\?event=[0-9]+)"', answer.text))
    assert len(entries(client.get(event))) == 15


def test_the_feed_has_one_entry(client: Person, renamed: None) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(client.get("/changes.atom").data)  # noqa: S314  # our own
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    assert len(titles) == 17
    assert titles[0] == (
        "renamed Redis to A store, 2 pages below moved, too, links updated in 13 pages"
    )


def test_the_wiki_is_sound(app: Flask, renamed: None) -> None:
    with app.app_context():
        assert find_problems() == []


def test_what_a_reader_may_not_see_is_not_counted(
    client: Person, renamed: None, dawit: Person, selam: Person
) -> None:
    dawit.post_form("/delete/guide-05")
    words = main(client.get("/changes"))
    assert "links updated in 12 pages" in words
    assert "guide-05" not in client.get("/changes").text
    # With the page that was renamed, the event is gone as well.
    dawit.post_form("/delete/stores/redis")
    assert "A store" not in client.get("/changes").text
    assert "renamed" not in main(client.get("/changes"))


def test_names_are_escaped(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", title="<b>Redis</b>")
    selam.post_form("/rename/redis", title="<i>A</i> & B")
    for address in ("/changes", "/history/redis", "/changes.atom"):
        text = client.get(address).text
        assert "<b>Redis" not in text
        assert "<i>A" not in text
    feed = ElementTree.fromstring(client.get("/changes.atom").data)  # noqa: S314  # our own
    assert "renamed <b>Redis</b> to <i>A</i> & B" in "".join(feed.itertext())


def test_a_list_with_renamings_costs_one_statement_more(
    client: Person, renamed: None, queries: Any
) -> None:
    client.get("/changes")  # kinds and settings are read once
    with queries(at_most=4):
        client.get("/changes")


def test_renamings_of_before_still_show(
    app: Flask, client: Person, selam: Person, make_page: Any, renamed: None
) -> None:
    """What an older version wrote has no cause."""
    from wiki.database import db, write_transaction

    with app.app_context(), write_transaction() as session:
        session.execute(db.text("UPDATE revision SET cause_id = NULL"))
    assert len(entries(client.get("/changes"))) == 32
    assert "links updated" in main(client.get("/history/guide-03"))
