"""Pictures in pages: in the size a screen needs, and always the newest content."""

import re

import pytest

from tests.files.upload_forms import fetch, picture, send


def shown(person, path):
    """The attributes of the first picture in a page."""
    found = re.search(r"<img ([^>]*)>", person.get(path).text.partition("<article")[2])
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found[1].replace("&amp;", "&"))) if found else {}


def test_a_picture_comes_with_its_sizes(stored, client, make_page):
    file = stored("plan.png", picture(size=(900, 600)))
    make_page("redis", text=file["markdown"] + "\n")
    image = shown(client, "/wiki/redis")
    assert (image["width"], image["height"], image["alt"]) == ("900", "600", "plan")
    sizes = dict(reversed(each.split(" ")) for each in image["srcset"].split(", "))
    assert set(sizes) == {"320w", "640w", "900w"}
    small = fetch(client, sizes["320w"], headers={"Accept": "image/webp"})
    assert small.mimetype == "image/webp"
    assert "immutable" in small.headers["Cache-Control"]
    assert "immutable" in fetch(client, image["src"]).headers["Cache-Control"]


def test_a_page_shows_the_newest_content(stored, client, client_of, make_page):
    file = stored("plan.png", picture(size=(900, 600)))
    make_page("redis", text=f'<img src="{file["url"]}" alt="A plan" width="300">\n')
    before = shown(client, "/wiki/redis")
    assert before["width"] == "300"
    tag = client.get("/wiki/redis").headers["ETag"]
    send(client_of("selam"), ("b.png", picture(size=(30, 20))), url="/files/upload?replaces=1")
    assert client.get("/wiki/redis", headers={"If-None-Match": tag}).status_code == 200
    after = shown(client, "/wiki/redis")
    assert after["src"] != before["src"]
    assert after["alt"] == "A plan"


def test_what_can_not_be_seen_stays_an_address(stored, client, client_of, make_page):
    file = stored("plan.png", picture())
    make_page("redis", text=file["markdown"] + "\n\n![none](/files/99/none.png)\n")
    client_of("selam").post_form("/files/delete/1")
    page = client.get("/wiki/redis").text
    assert page.count('<code dir="ltr">/files/') == 2
    assert page.count("There is no such picture.") == 2
    assert '<img src="/files/' not in page


def test_the_preview_shows_pictures_as_the_page_does(stored, client, client_of, make_page):
    file = stored("plan.png", picture(size=(900, 600)))
    make_page("redis", text=file["markdown"] + "\n")
    selam = client_of("selam")
    token = selam.open_form("/edit/redis").values["csrf_token"]
    answer = selam.post("/preview", data={"text": file["markdown"], "csrf_token": token})
    assert "srcset" in answer.text
    assert answer.text.strip() in client.get("/wiki/redis").text


def test_a_page_without_pictures_asks_for_none(client, make_page, queries):
    make_page("redis")
    with queries() as plain:
        client.get("/wiki/redis")
    assert not any("file" in statement for statement in plain if "page.path" not in statement)


@pytest.mark.settings(base_url="http://localhost/learn")
def test_below_a_path_a_page_inside_another_shows_its_files(stored, client, make_page):
    file = stored("plan.png", picture(size=(900, 600)))
    make_page("inner", text=f"{file['markdown']} ![b](plan.png) [[plan.png]]\n")
    make_page("outer", text="![[inner]]\n")
    page = client.get("/wiki/outer").text
    assert page.count('<img src="/learn/files/1/plan.png?v=') == 2
    assert '<a href="/learn/files/1/plan.png"' in page
    assert "/learn/learn" not in page
