"""The Markdown source of a page."""

from typing import Any

from tests.pages.visible_text import raw
from tests.person import Person

TEXT = "# Caching\n\n<script>alert(1)</script>\n\n[[Redis]]  \n\ttab, \u2028, ሰላም"


def test_it_works(client: Person, make_page: Any) -> None:
    make_page("caching", text=TEXT)
    answer = client.get("/raw/caching")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.get_data() == TEXT.encode()


def test_a_browser_never_takes_it_for_a_page(client: Person, make_page: Any) -> None:
    make_page("caching", text=TEXT)
    headers = client.get("/raw/caching").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_an_old_revision(client: Person, selam: Person, make_page: Any) -> None:
    make_page("caching", text=TEXT)
    selam.post_form("/edit/caching", text="Another.\n")
    assert raw(client, "caching", revision=1) == TEXT
    assert raw(client, "caching") == "Another.\n"


def test_a_revision_that_there_is_not(client: Person, make_page: Any) -> None:
    make_page("caching")
    for number in ["", "0", "2", "abc", "-1", "9999999999", "%00"]:
        assert client.get(f"/raw/caching?revision={number}").status_code == 404, number


def test_what_is_still_the_same_is_not_sent_again(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("caching", text=TEXT)
    tag = client.get("/raw/caching").headers["ETag"]
    assert client.get("/raw/caching", headers={"If-None-Match": tag}).status_code == 304
    selam.post_form("/edit/caching", text="Another.\n")
    assert client.get("/raw/caching", headers={"If-None-Match": tag}).status_code == 200


def test_no_page_no_source(client: Person) -> None:
    assert client.get("/raw/caching").status_code == 404
