"""A page as Markdown: at its address for who asks for it, and below it with `.md`."""

from typing import Any

from flask import Flask

from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.frontmatter import parse_front_matter

TEXT = "---\n\n# Caching\n\n[[Redis]]  \n\ttab, \u2028, ሰላም"
WANTED = {"Accept": "text/markdown"}


def test_it_is_the_text_below_its_front_matter(client: Person, make_page: Any) -> None:
    make_page("caching", title="Caching: why", text=TEXT, kind="concept", tags=("a b", "c"))
    answer = client.get("/wiki/caching", headers=WANTED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    read = parse_front_matter(answer.get_data().decode())
    assert read.body == TEXT
    assert read.fields == {"title": "Caching: why", "kind": "concept", "tags": ["a b", "c"]}
    assert client.get("/wiki/caching.md").get_data() == answer.get_data()


def test_who_names_it_and_wants_it_gets_it(client: Person, make_page: Any) -> None:
    make_page("caching", text=TEXT)
    cases = [
        ("text/markdown", True),
        ("text/markdown, text/html, */*", True),
        ("Text/Markdown;q=0.5", True),
        ("text/html;q=0.8, text/markdown;q=0.9", True),
        ("text/html, text/markdown;q=0.9", False),
        ("text/markdown;q=0, */*", False),
        ("text/markdown;q=0.5, */*", False),
        ("text/*", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
    ]
    for accept, is_markdown in cases:
        for _ in range(2):  # the second from the cache, if it is the page
            answer = client.get("/wiki/caching", headers={"Accept": accept})
            assert (answer.mimetype == "text/markdown") is is_markdown, accept
            assert "Accept" in answer.headers["Vary"].split(", "), accept


def test_without_the_header_nothing_tells_markdown_from_a_page(
    client: Person, make_page: Any
) -> None:
    make_page("caching", text=TEXT)
    page, source = client.get("/wiki/caching"), client.get("/wiki/caching", headers=WANTED)
    assert page.headers["ETag"] != source.headers["ETag"]
    assert 'type="text/markdown" href="/wiki/caching.md"' in page.text
    assert "sandbox" in source.headers["Content-Security-Policy"]
    assert source.headers["X-Robots-Tag"] == "noindex"
    assert source.headers["Link"] == '</wiki/caching>; rel="canonical"'


def test_what_is_still_the_same_is_not_sent_again(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("caching", text=TEXT)
    tag = client.get("/wiki/caching", headers=WANTED).headers["ETag"]
    asked = {**WANTED, "If-None-Match": tag}
    assert client.get("/wiki/caching", headers=asked).status_code == 304
    selam.post_form("/edit/caching", title="Another", text=TEXT)
    assert client.get("/wiki/caching", headers=asked).status_code == 200


def test_an_old_revision_and_a_former_name(client: Person, selam: Person, make_page: Any) -> None:
    make_page("caching", title="Caching", text=TEXT)
    selam.post_form("/edit/caching", title="Caches", text="Another.\n")
    old = client.get("/wiki/caching.md?revision=1")
    assert parse_front_matter(old.text).fields["title"] == "Caching"
    selam.post_form("/rename/caching", title="Caches", path="caches", base_revision="2")
    assert client.get("/wiki/Caching.md").location == "/wiki/caches.md"
    assert client.get("/wiki/caching", headers=WANTED).location == "/wiki/caches"


def test_a_page_of_that_very_name_comes_first(client: Person, make_page: Any) -> None:
    make_page("notes", title="Notes", text="Of this.\n")
    make_page("notes.md", title="Files", text="Of files.\n")
    assert "Of files." in client.get("/wiki/notes.md").text
    assert client.get("/wiki/notes.md").mimetype == "text/html"
    assert "Of files." in client.get("/wiki/notes.md.md").text
    assert "Of this." in client.get("/wiki/notes", headers=WANTED).text


def test_a_hidden_page_answers_like_a_missing_one(
    app: Flask, client: Person, make_page: Any
) -> None:
    make_page("closed", text=TEXT)
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    for path in ("closed", "missing"):
        assert client.get(f"/wiki/{path}.md").status_code == 404
        assert client.get(f"/wiki/{path}", headers=WANTED).status_code == 404
        assert client.get(f"/wiki/{path}.md", headers=WANTED).status_code == 404


def test_where_there_are_only_pages_below_they_are_listed(client: Person, make_page: Any) -> None:
    make_page("redis/keys", title="Keys")
    assert "Keys" in client.get("/wiki/redis", headers=WANTED).text


def test_an_erased_text_is_gone(client: Person, admin: Person, make_page: Any) -> None:
    make_page("caching", text="secret")
    admin.post_form("/edit/caching", text="public")
    admin.post_form("/erase/caching?revision=1", revision="1", summary="A password.")
    gone = client.get("/wiki/caching.md?revision=1")
    assert gone.status_code == 410
    assert "secret" not in gone.text
