"""Headers sent with a content: what a browser may do with it, and how long it may cache it."""

import pytest

from tests.files.upload_forms import fetch, picture, send
from wiki.files.storage.content_store import CONTENT_STORE


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", picture()), ("b.txt", b"A text."), ("c.html", b"<p>")]
)
def test_nothing_in_it_may_run(stored, client, name, content):
    headers = fetch(client, stored(name, content)["url"]).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_everything_can_be_downloaded_under_its_name(stored, client):
    file = stored("ሰላም.txt", b"A text.")
    headers = fetch(client, f"{file['url']}?download=1").headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''%E1%88%B0" in headers["Content-Disposition"]


def test_an_address_with_the_hash_is_kept_for_good(stored, client):
    file = stored("a.txt", b"A text.")
    plain = fetch(client, file["url"])
    assert plain.headers["Cache-Control"] == "private, no-cache"
    tag = plain.get_etag()[0][:16]
    fixed = fetch(client, f"{file['url']}?v={tag}")
    assert "immutable" in fixed.headers["Cache-Control"]
    assert "private" in fixed.headers["Cache-Control"]
    assert fixed.data == b"A text."
    assert fetch(client, f"{file['url']}?v=0123456789abcdef").status_code == 404
    assert fetch(client, f"{file['url']}?v=%25").status_code == 404


def test_who_has_it_gets_nothing_again(stored, client):
    file = stored("a.txt", b"A text.")
    tag = fetch(client, file["url"]).headers["ETag"]
    again = fetch(client, file["url"], headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


def test_a_part_of_it_can_be_had(stored, client):
    file = stored("a.txt", b"0123456789")
    part = fetch(client, file["url"], headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    end = fetch(client, file["url"], headers={"Range": "bytes=-3"})
    assert end.data == b"789"
    beyond = fetch(client, file["url"], headers={"Range": "bytes=20-"})
    assert beyond.status_code == 416
    assert fetch(client, file["url"]).headers["Accept-Ranges"] == "bytes"
    assert fetch(client, file["url"]).content_length == 10


def test_a_picture_comes_as_small_as_is_asked_for(stored, client):
    file = stored("a.png", picture(size=(900, 300)))
    small = fetch(client, f"{file['url']}?width=300", headers={"Accept": "image/webp,*/*"})
    assert small.mimetype == "image/webp"
    assert "Accept" in small.vary
    newer = fetch(client, f"{file['url']}?width=300", headers={"Accept": "image/avif,*/*"})
    assert newer.mimetype in ("image/avif", "image/webp")
    largest = fetch(client, f"{file['url']}?width=5000")
    assert largest.mimetype == "image/png"
    assert fetch(client, f"{file['url']}?width=x").mimetype == "image/png"


def test_a_former_name_leads_to_the_new_one(stored, client, client_of):
    file = stored("a.txt", b"A text.")
    client_of("selam").post_form("/files/rename/1", name="b.txt")
    moved = fetch(client, f"{file['url']}?download=1")
    assert moved.status_code == 302
    assert moved.location == "/files/1/b.txt?download=1"
    assert "no-cache" in moved.headers["Cache-Control"]


def test_a_file_is_found_with_few_questions(stored, client, queries):
    file = stored("a.png", picture(size=(900, 300)))
    with queries(at_most=1):
        fetch(client, file["url"])
    with queries(at_most=2):
        fetch(client, f"{file['url']}?width=300")


def test_a_content_that_is_gone_is_reported(stored, client, app):
    file = stored("a.txt", b"A text.")
    (content,) = (CONTENT_STORE.of(app).root).glob("??/*")
    content.unlink()
    answer = client.get(file["url"])
    assert answer.status_code == 503
    assert "backup" in answer.text


def test_a_new_version_keeps_the_old_ones(stored, client, client_of):
    selam = client_of("selam")
    file = stored("a.txt", b"One.")
    old = fetch(client, file["url"]).get_etag()[0][:16]
    answer = send(selam, ("b.png", picture()), url="/files/upload?replaces=1")
    assert answer.location == "/files/1"
    shown = client.get("/files/1")
    assert "a.png" in shown.text
    assert fetch(client, "/files/1/a.png").mimetype == "image/png"
    former = fetch(client, f"/files/1/a.png?v={old}")
    assert former.data == b"One."
    assert former.mimetype == "text/plain"
    assert old in shown.text
