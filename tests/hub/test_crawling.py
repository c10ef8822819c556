"""The sitemap and `/llms.txt`: what anybody may read, and nothing else."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests.access.test_anonymous_limits import spend_all
from tests.person import Person
from wiki.access.models import Rank
from wiki.hub.crawling import llms, sitemap, views
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

LISTS = ("/llms.txt", "/sitemap.xml")


def locations(text: str) -> list[str]:
    root = ElementTree.fromstring(text)  # noqa: S314  # our own
    return [node.text or "" for node in root.iter() if "loc" in node.tag]


def test_a_sitemap_names_every_page_and_its_last_change(client: Person, make_page: Any) -> None:
    make_page("concepts/größe & co", title="Size")
    make_page("redis", title="Redis")
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert locations(answer.text) == [
        "http://localhost/wiki/concepts/gr%C3%B6%C3%9Fe-&-co",
        "http://localhost/wiki/redis",
    ]
    assert len(re.findall(r"<lastmod>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00<", answer.text)) == 2
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text.splitlines()


def test_many_pages_are_split(
    client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sitemap, views):
        monkeypatch.setattr(module, "PAGES_A_PART", 2)
    for number in range(5):
        make_page(f"page-{number}")
    parts = locations(client.get("/sitemap.xml").text)
    assert parts == [f"http://localhost/sitemap-{number}.xml" for number in (1, 2, 3)]
    listed = [page for part in parts for page in locations(client.get(part).text)]
    assert listed == [f"http://localhost/wiki/page-{number}" for number in range(5)]
    for wrong in ("/sitemap-4.xml", "/sitemap-0.xml", "/sitemap-x.xml", "/sitemap-99999999.xml"):
        assert client.get(wrong).status_code == 404


def test_an_empty_wiki_has_empty_lists(client: Person) -> None:
    assert locations(client.get("/sitemap.xml").text) == []
    assert client.get("/llms.txt").text.startswith("# Nexus\n")


def test_llms_txt_lists_pages_by_kind_with_their_summaries(client: Person, make_page: Any) -> None:
    make_page("redis", title="[Redis]", kind="technology", fields={"summary": "Fast *store*."})
    make_page("caching", title="Caching", kind="concept")
    lines = client.get("/llms.txt").text.splitlines()
    assert lines[0] == "# Nexus"
    assert lines.index("## Technologies") < lines.index("## Concepts")
    assert r"- [\[Redis\]](<http://localhost/wiki/redis.md>): Fast \*store\*." in lines
    assert "- [Caching](<http://localhost/wiki/caching.md>)" in lines
    address = re.findall(r"\(<http://localhost(/wiki/redis.md)>\)", "\n".join(lines))[0]
    assert client.get(address).mimetype == "text/markdown"


def test_llms_txt_is_bounded_and_says_so(
    client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llms, "MOST_PAGES", 2)
    monkeypatch.setattr(llms, "FEWEST_OF_A_KIND", 2)
    for number in range(5):
        make_page(f"page-{number}", kind="concept")
    text = client.get("/llms.txt").text
    assert len(re.findall(r"\.md>\)", text)) == 2
    assert "- [All 5 pages](http://localhost/kinds/concept)" in text


def test_only_what_anybody_may_read_whoever_asks(
    app: Flask, client: Person, client_of: Any, make_page: Any
) -> None:
    make_page("closed/plan", title="Secret plan")
    make_page("open", title="Open plan")
    admin = client_of("abeba", role="admin")
    for address in LISTS:
        assert "closed/plan" in client.get(address).text
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    for person in (client, admin):
        for address in LISTS:
            text = person.get(address).text
            assert "plan" not in text.replace("Open plan", "")
            assert "/wiki/open" in text


@pytest.mark.parametrize("address", LISTS)
def test_they_are_made_again_when_something_changed(
    client: Person, client_of: Any, make_page: Any, queries: Any, address: str
) -> None:
    make_page("redis")
    tag = client.get(address).headers["ETag"]
    with queries(at_most=1):
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    client_of("selam").post_form("/rename/redis", title="R", path="valkey", base_revision="1")
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "/wiki/valkey" in answer.text


@pytest.mark.settings(public_reading=False)
def test_a_wiki_for_members_has_none(app: Flask, client_of: Any) -> None:
    for address in LISTS:
        assert app.test_client().get(address).status_code in (302, 401)
        assert client_of("selam").get(address).status_code == 404


def test_strangers_wait_for_them_when_they_cost_too_much(make_app: Any) -> None:
    app = make_app(rate_limits=True, proxies=1)
    assert "X-Robots-Tag" not in app.test_client().get("/sitemap.xml").headers
    spend_all(app, "bulk")
    for address in (*LISTS, "/sitemap-1.xml"):
        assert app.test_client().get(address).status_code == 503
