"""Texts that name a file also find it by a former name."""

import pytest

from tests.files.upload_forms import fetch, picture, send
from tests.person import Person

SHOWN = '<img src="/files/1/{}?v='


@pytest.fixture
def selam(client_of) -> Person:
    return client_of("selam")


@pytest.mark.parametrize("home", ["plans", ""])
def test_a_picture_is_found_by_its_former_name(client, selam, make_page, home):
    make_page(path="plans", text="![[plan.png]] ![[PLAN.png|90]]\n")
    send(selam, ("plan.png", picture()), page=home)
    for name in ("map.png", "the map.png"):
        assert selam.post_form("/files/rename/1", name=name).status_code == 303
    page = client.get("/wiki/plans").text
    assert page.count(SHOWN.format("the%20map.png")) == 2
    assert "Plans" in client.get("/files/1").text  # the page that uses it
    assert fetch(client, "/files/1/plan.png").location.endswith("/files/1/the%20map.png")


def test_a_file_that_has_the_name_now_goes_before(client, selam, make_page):
    make_page(path="plans", text="![[plan.png]]\n")
    send(selam, ("plan.png", picture()), page="plans")
    selam.post_form("/files/rename/1", name="map.png")
    send(selam, ("plan.png", picture(size=(9, 9))))
    page = client.get("/wiki/plans").text
    assert '<img src="/files/2/plan.png' in page
    assert "No page uses it" in client.get("/files/1").text
    assert "1 page uses it" in client.get("/files/2").text


def test_a_former_name_tells_nothing_of_other_pages_or_deleted_files(client, selam, make_page):
    make_page(path="plans", text="![[plan.png]] [[plan.png]]\n")
    make_page(path="other", text="Text.\n")
    send(selam, ("plan.png", picture()), page="other")
    send(selam, ("plan.png", picture()))
    for number in (1, 2):
        selam.post_form(f"/files/rename/{number}", name="map.png")
    selam.post_form("/files/delete/2")
    page = client.get("/wiki/plans").text
    assert "/files/1" not in page
    assert "/files/2" not in page


def test_a_file_is_linked_by_its_name_where_no_page_has_it(client, selam, make_page):
    text = "[[notes.txt]] [[notes.txt#L2|here]] [[node.js]] [[gone.pdf]]\n"
    make_page(path="plans", text=text)
    make_page(path="node.js", text="Text.\n")
    make_page(path="around", text="![[plans]]\n")
    before = client.get("/wiki/plans")
    send(selam, ("notes.txt", b"Words.\n"), page="plans")
    send(selam, ("node.js", b"1\n"), page="plans")
    selam.post_form("/files/rename/1", name="old notes.txt")
    page = client.get("/wiki/plans", headers={"If-None-Match": before.headers["ETag"]}).text
    assert '<a href="/files/1/old%20notes.txt">notes.txt</a>' in page
    assert '<a href="/files/1/old%20notes.txt#l2">here</a>' in page
    assert 'href="/wiki/node.js"' in page
    assert page.count('class="wikilink missing"') == 1
    assert '<a href="/files/1/old%20notes.txt">notes.txt</a>' in client.get("/wiki/around").text
    assert "Plans" in client.get("/files/1").text
