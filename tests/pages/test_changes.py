"""Recent changes."""

from typing import Any

import pytest

from tests.pages.screen import main
from tests.person import Person


def test_it_works(client: Person, selam: Person, make_page: Any, make_user: Any) -> None:
    make_page("redis", text="One.\n", by=make_user("dawit"), summary="A start")
    selam.post_form("/edit/redis", text="One, two.\n", summary="Went on")
    answer = client.get("/changes")
    assert answer.status_code == 200
    words = main(answer)
    assert words.index("Went on") < words.index("A start")
    for word in ("selam", "dawit", "+5", "created"):
        assert word in words
    assert "/diff/redis?from=1&amp;to=2" in answer.text
    assert words.count("What changed") == 1  # not of what was created
    assert 'aria-label="What changed in Redis, revision 2"' in answer.text


def test_an_empty_wiki_says_so(client: Person) -> None:
    assert "Nothing yet" in main(client.get("/changes"))


def test_a_long_list_is_turned_page_by_page(client: Person, make_page: Any) -> None:
    for number in range(51):
        make_page(f"page-{number}")
    assert client.get("/changes").text.count('class="change"') == 50
    assert client.get("/changes?page=2").text.count('class="change"') == 1


@pytest.mark.parametrize("number", ["0", "2", "-1", "abc", "", "99999999999", "%00", "%FF"])
def test_a_page_of_the_list_that_there_is_not(client: Person, number: str) -> None:
    assert client.get(f"/changes?page={number}").status_code == 404


def test_titles_and_summaries_are_escaped(client: Person, make_page: Any) -> None:
    make_page("redis", title="<b>Redis</b>", summary="<i>why</i>")
    text = client.get("/changes").text
    assert "<b>Redis" not in text
    assert "<i>why" not in text
    assert "&lt;b&gt;Redis" in text


def test_a_list_costs_the_same_however_long_it_is(
    client: Person, make_page: Any, queries: Any
) -> None:
    for number in range(20):
        make_page(f"page-{number}")
    with queries(at_most=2):
        client.get("/changes")


def test_a_renamed_page_is_listed_where_it_is(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    selam.post_form("/rename/redis", path="stores/redis")
    text = client.get("/changes").text
    assert 'href="/wiki/stores/redis"' in text
    assert 'href="/wiki/redis"' not in text
