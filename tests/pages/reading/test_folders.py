"""A path with pages below it: a list of them where no page stands, a few words where one does."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person


def links(answer: Any) -> list[str]:
    """The addresses of the pages listed in the main part, in order."""
    inner = answer.text.partition('<ul class="page-list">')[2].partition("</ul>")[0]
    return [
        part.partition('"')[0]
        for part in inner.split('href="')[1:]
        if part.startswith(("/wiki/", "/below/"))
    ]


def test_a_path_without_a_page_lists_what_stands_below_it(
    any_app: Flask, client: Person, make_page: Any
) -> None:
    make_page("technologies/zod", title="alpha")
    make_page("technologies/django", title="Django", kind="technology")
    make_page("technologies/django/orm", title="ORM")
    make_page("technologies/old-tools/make/files", title="Make files")
    make_page("technologies/old-tools/make/rules", title="Make rules")
    make_page("technologies-of-old", title="Elsewhere")
    make_page("technologies0", title="Elsewhere too")
    answer = client.get("/wiki/technologies")
    assert answer.status_code == 200
    assert links(answer) == [
        "/wiki/technologies/zod",
        "/wiki/technologies/django",
        "/below/technologies/django",
        "/wiki/technologies/old-tools",
    ]
    assert "Technologies 3" in main(answer)
    assert "Old tools 2 pages" in main(answer)
    assert "noindex" not in answer.text
    deeper = client.get("/wiki/technologies/old-tools")
    assert links(deeper) == ["/wiki/technologies/old-tools/make"]
    assert 'href="/wiki/technologies"' in deeper.text  # its breadcrumb


def test_a_long_list_comes_in_pages_and_ends_nowhere(
    client: Person, make_page: Any, queries: Any
) -> None:
    for number in range(121):
        make_page(f"many/p{number:03}", title=f"Page {number:03}")
    found: list[str] = []
    for page in (1, 2, 3):
        with queries(at_most=7):
            found += links(client.get(f"/wiki/many?page={page}"))
    assert found == [f"/wiki/many/p{number:03}" for number in range(121)]
    assert client.get("/wiki/many?page=4").status_code == 404
    assert client.get("/wiki/many?page=x").status_code == 404


def test_numbers_in_titles_are_ordered_as_numbers(client: Person, make_page: Any) -> None:
    for number in (10, 2, 1, 110):
        make_page(f"book/c{number}", title=f"Chapter {number}, part 1")
    make_page("book/intro", title="An introduction")
    found = ["intro", "c1", "c2", "c10", "c110"]
    assert links(client.get("/wiki/book")) == [f"/wiki/book/{name}" for name in found]


def test_another_spelling_leads_to_the_one_of_the_pages(client: Person, make_page: Any) -> None:
    make_page("Übungen/eins")
    answer = client.get("/wiki/übungen")
    assert answer.status_code == 301
    assert client.get(answer.location).status_code == 200
    assert answer.location == "/wiki/%C3%9Cbungen"


def test_a_path_comes_before_a_title_elsewhere_and_a_former_path_before_both(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("about/guides", title="Guides")
    assert client.get("/wiki/guides").location == "/wiki/about/guides"
    make_page("guides/one")
    assert links(client.get("/wiki/guides")) == ["/wiki/guides/one"]
    make_page("redis", title="Redis")
    make_page("redis/streams")
    selam.post_form("/rename/redis", path="stores/redis")
    assert client.get("/wiki/redis").location == "/wiki/stores/redis"


def test_signs_of_patterns_are_letters_like_others(client: Person, make_page: Any) -> None:
    make_page("c++/begin")
    make_page("c_d/begin")
    assert links(client.get("/wiki/c++")) == ["/wiki/c++/begin"]
    assert client.get("/wiki/c%25").status_code == 404
    assert client.get("/wiki/c_").status_code == 404


def test_what_the_reader_may_not_see_makes_no_folder(
    any_app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("team/gone")
    make_page("team/here", title="Here")
    selam.post_form("/delete/team/gone")
    assert links(client.get("/wiki/team")) == ["/wiki/team/here"]
    selam.post_form("/delete/team/here")
    gone, never = client.get("/wiki/team"), client.get("/wiki/teem")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert main(gone) == main(never).replace("Teem", "Team")
    assert client.get("/below/team").status_code == 404


@pytest.mark.settings(public_reading=False)
def test_a_closed_wiki_shows_no_folder_to_strangers(client: Person, make_page: Any) -> None:
    make_page("team/here", title="Here")
    there, nowhere = client.get("/wiki/team"), client.get("/wiki/nowhere")
    assert there.status_code == nowhere.status_code != 200
    assert "Here" not in there.text


def test_who_may_write_is_offered_to(client: Person, selam: Person, make_page: Any) -> None:
    make_page("guides/one")
    offer = "/new?title=Guides&amp;path=guides"
    assert offer in selam.get("/wiki/guides").text
    assert offer not in client.get("/wiki/guides").text
    selam.post_form("/new", title="Guides", path="guides", text="All of them.\n")
    assert "All of them." in client.get("/wiki/guides").text


def test_a_deleted_page_of_that_path_can_still_be_brought_back(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("guides", title="Our guides")
    make_page("guides/one", title="One")
    selam.post_form("/delete/guides")
    assert "/undelete/guides" in selam.get("/wiki/guides").text
    seen = client.get("/wiki/guides").text
    assert "/undelete/" not in seen
    assert "Our guides" not in seen
    assert "/wiki/guides/one" in seen


def test_a_revision_of_no_page_is_missing(client: Person, make_page: Any) -> None:
    make_page("guides/one")
    assert client.get("/wiki/guides?revision=1").status_code == 404


def test_a_page_names_those_below_it_as_they_are_now(
    any_app: Flask, client: Person, selam: Person, make_page: Any, queries: Any
) -> None:
    make_page("team", title="Team", text="Who we are.\n")
    assert "Pages below" not in main(client.get("/wiki/team"))
    make_page("team/hana", title="Hana")
    tag = client.get("/wiki/team").headers["ETag"]
    with queries(at_most=1):
        assert "Pages below this one Hana" in main(client.get("/wiki/team"))
    selam.post_form("/edit/team/hana", title="Hana T.", text="She.\n")
    seen = client.get("/wiki/team", headers={"If-None-Match": tag})
    assert "Pages below this one Hana T." in main(seen)
    selam.post_form("/delete/team/hana")
    assert "Pages below" not in main(client.get("/wiki/team"))


def test_more_than_a_few_are_a_page_of_their_own(client: Person, make_page: Any) -> None:
    make_page("team", title="Team")
    for number in range(60):
        make_page(f"team/p{number:02}", title=f"P {number:02}")
    shown = client.get("/wiki/team").text
    assert "/wiki/team/p23" in shown
    assert "/wiki/team/p24" not in shown
    assert 'href="/below/team"' in shown
    assert len(links(client.get("/below/team?page=2"))) == 10
    assert client.get("/below/nowhere").status_code == 404


def test_a_link_to_a_folder_stays_an_offer_to_write_its_page(
    client: Person, make_page: Any
) -> None:
    make_page("guides/one")
    make_page("start", text="See [[guides]].\n")
    assert 'class="wikilink missing"' in client.get("/wiki/start").text


def test_pages_with_a_place_come_first_in_every_list(
    any_app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("book", title="Book", text="Read it.\n")
    make_page("book/appendix")
    make_page("book/end", fields={"order": "10"})
    make_page("book/begin", fields={"sidebar_position": "-1"})
    make_page("book/more/late", fields={"weight": "9.5"})
    make_page("book/more/early", fields={"order": "many", "nav_order": "2"})
    make_page("book/middle", fields={"weight": "500 g"})
    above = ["begin", "more", "end", "appendix", "middle"]
    listed = [
        path.removeprefix("/wiki/book/")
        for path in links(client.get("/below/book"))
        if path.startswith("/wiki/")
    ]
    assert listed == above
    assert links(client.get("/wiki/book/more")) == ["/wiki/book/more/early", "/wiki/book/more/late"]
    foot = client.get("/wiki/book").text.partition('<nav class="below')[2].partition("</nav>")[0]
    whole = ["begin", "more/early", "more/late", "end", "appendix", "middle"]
    assert re.findall('href="/wiki/book/([^"]*)"', foot) == whole
    printed = client.get("/print/book").text
    titles = [each.rpartition("/")[2].capitalize() for each in whole]
    assert re.findall(r'chapter-title"><bdi>(\w+)', printed) == titles
    form = selam.open_form("/edit/book/appendix")
    refused = form.submit(**{"field-order": "first"})
    assert refused.status_code == 422
    assert "Enter a number, such as 3 or 2.5." in refused.text
    form.submit(text="New.\n", **{"field-order": "9.75"})
    assert links(client.get("/below/book"))[-3:-1] == ["/wiki/book/appendix", "/wiki/book/end"]
