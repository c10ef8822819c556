"""Recent changes."""

import re
from html import unescape
from typing import Any

import pytest

from tests.pages.visible_text import main
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


def test_a_page_of_the_list_that_there_is_not(client: Person) -> None:
    for number in ["0", "2", "-1", "abc", "", "99999999999", "%00"]:
        assert client.get(f"/changes?page={number}").status_code == 404, number


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
    with queries(at_most=3):  # the version of the rules, the number of changes, and some of them
        client.get("/changes")


def test_a_renamed_page_is_listed_where_it_is(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    selam.post_form("/rename/redis", path="stores/redis")
    text = client.get("/changes").text
    assert 'href="/wiki/stores/redis"' in text
    assert 'href="/wiki/redis"' not in text


# Of pages that are deleted


@pytest.fixture
def deleted(selam: Person, dawit: Person, make_page: Any) -> None:
    """A page with three entries: made by selam, edited by dawit, deleted by selam."""
    make_page("celery", text="Stays.\n")
    selam.post_form("/new", title="Redis", text="One.\n")
    dawit.post_form("/edit/redis", text="One, two.\n", summary="Went on")
    selam.post_form("/delete/redis", summary="Not ours")
    selam.get("/pages")  # where the message about it is shown


def entries(answer: Any) -> list[str]:
    """The items of the list, the newest first."""
    return re.findall(r'<li class="change">.*?</li>', answer.text, re.DOTALL)


@pytest.mark.parametrize("who", ["selam", "admin"])
def test_who_may_bring_a_page_back_is_told_that_it_was_deleted(
    request: pytest.FixtureRequest, deleted: None, who: str
) -> None:
    person: Person = request.getfixturevalue(who)
    gone, edited, made, _ = entries(person.get("/changes"))
    for words in ("Redis", "deleted", "Not ours", "selam"):
        assert words in gone
    assert "Went on" in edited
    for older in (edited, made):
        assert "the page has been deleted" in older
        assert "/undelete/" not in older
    links = re.findall(r'href="(/(?!users)[^"]*)"', gone + edited + made)
    assert len(links) == 6
    for link in links:
        assert person.get(unescape(link)).status_code == 200, link


def test_a_page_comes_back_from_the_list(client: Person, admin: Person, deleted: None) -> None:
    (link,) = re.findall(r'href="(/undelete/[^"]*)"', admin.get("/changes").text)
    assert admin.post_form(unescape(link)).status_code == 303
    for person in (client, admin):
        back, gone, *_ = entries(person.get("/changes"))
        assert "brought back" in back
        assert "deleted" in gone
        assert "/undelete/" not in back + gone
        assert "the page is deleted" not in gone


def test_of_several_at_one_path_each_leads_to_its_own(
    selam: Person, admin: Person, deleted: None
) -> None:
    selam.post_form("/new", title="Redis", text="Another.\n")
    selam.post_form("/delete/redis", summary="Again")
    second, _, first, *_ = entries(admin.get("/changes"))
    for entry, why in ((second, "Again"), (first, "Not ours")):
        (link,) = re.findall(r'href="(/history/[^"]*)"', entry)
        assert why in main(admin.get(unescape(link)))


@pytest.mark.parametrize("who", ["client", "reader", "dawit"])
def test_others_are_told_nothing(
    request: pytest.FixtureRequest, any_app: Any, deleted: None, who: str
) -> None:
    person: Person = request.getfixturevalue(who)
    for address in ("/changes", "/users/selam", "/users/dawit", "/changes.atom"):
        text = person.get(address).text
        for secret in ("Redis", "Not ours", "Went on", "deleted"):
            assert secret not in text, address
    assert len(entries(person.get("/changes"))) == 1
    assert "0 changes" in main(person.get("/users/selam"))


def test_the_feed_has_the_pages_that_are_there(admin: Person, deleted: None) -> None:
    assert "Redis" not in admin.get("/changes.atom").text


def test_what_a_person_did_to_it_stands_on_their_page(admin: Person, deleted: None) -> None:
    words = main(admin.get("/users/selam"))
    assert "2 changes" in words
    assert "deleted Not ours What changed Bring it back" in words
    assert "1 change " in main(admin.get("/users/dawit"))


def test_the_list_is_as_long_as_it_is_for_who_looks(
    client: Person, selam: Person, admin: Person, make_page: Any
) -> None:
    for number in range(50):
        make_page(f"page-{number}")
    selam.post_form("/delete/page-7")
    assert client.get("/changes?page=2").status_code == 404
    for person in (admin, selam):
        assert len(entries(person.get("/changes?page=2"))) == 1


def test_deleted_pages_take_no_more_queries(admin: Person, deleted: None, queries: Any) -> None:
    with queries(at_most=4):  # one is for who is signed in, one for who has looked
        admin.get("/changes")
