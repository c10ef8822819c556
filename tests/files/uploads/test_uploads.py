"""Sending files: by the form and by the editor's script, one and several."""

import io

import pytest

from tests.files.upload_forms import ask, fetch, picture, send
from wiki.access.permissions import Viewer
from wiki.files.queries import file_texts_by_page
from wiki.pages.queries.search_documents import load_hits


def test_it_works(client_of):
    selam = client_of("selam")
    answer = send(selam, ("plan.png", picture()))
    assert answer.status_code == 303
    shown = selam.get(answer.location)
    assert "plan.png" in shown.text
    assert "40 × 30 pixels" in shown.text
    assert fetch(selam, "/files/1/plan.png").mimetype == "image/png"


def test_it_works_on_both_databases(any_app, client_of, make_page):
    selam = client_of("selam")
    make_page("notes", text="[one](/files/1/plan.png)\n")
    first = ask(selam, ("plan.png", picture())).json["files"][0]
    second = ask(selam, ("plan.png", picture())).json["files"][0]
    assert (first["name"], second["name"]) == ("plan.png", "plan-2.png")
    assert fetch(selam, first["url"]).data == fetch(selam, second["url"]).data
    assert send(selam, ("x.md", b"# A note"), url="/files/upload?replaces=1").status_code == 303
    with any_app.app_context():
        assert file_texts_by_page([1], 5) == {1: [("plan.md", "# A n")]}
        (hit,) = load_hits(Viewer(), [1]).values()
        assert hit.sections[-1] == ("", "plan.md", "# A note")
    selam.post_form("/files/rename/1", name="drawing")
    selam.post_form("/files/delete/1")
    assert selam.get("/files/1").status_code == 404
    selam.open_form("/files/deleted").submit()
    assert "drawing.md" in selam.get("/files/1").text
    assert "1 page uses it" in selam.get("/files/1").text


def test_the_editors_script_gets_what_it_puts_into_the_text(client_of, make_page):
    make_page("guides/redis")
    answer = ask(
        client_of("selam"),
        ("my plan (2).png", picture()),
        ("notes.md", b"# Notes\n"),
        page="guides/redis",
    )
    assert answer.status_code == 200
    assert answer.json["files"] == [
        {
            "id": 1,
            "name": "my plan (2).png",
            "url": "/files/1/my%20plan%20(2).png",
            "markdown": "![my plan (2)](/files/1/my%20plan%20%282%29.png)",
        },
        {
            "id": 2,
            "name": "notes.md",
            "url": "/files/2/notes.md",
            "markdown": "[notes.md](/files/2/notes.md)",
        },
    ]


def test_one_bad_file_keeps_no_good_one_out(client_of):
    selam = client_of("selam")
    bad = ("page.png", b"<html><script>alert(1)</script>")
    answer = ask(selam, ("a.png", picture()), bad)
    assert answer.status_code == 415
    assert [file["name"] for file in answer.json["files"]] == ["a.png"]
    assert [refused["name"] for refused in answer.json["errors"]] == ["page.png"]
    shown = send(selam, ("b.png", picture()), bad)
    assert shown.status_code == 415
    assert "b.png" in shown.text
    assert "page.png" in shown.text


def test_more_than_are_taken_at_once_are_reported_by_name(client_of, monkeypatch):
    monkeypatch.setattr("wiki.files.uploads.upload_batch.MAX_FILES", 1)
    answer = ask(client_of("selam"), ("1.txt", b"text"), ("2.txt", b"text"))
    assert answer.status_code == 422
    assert [file["name"] for file in answer.json["files"]] == ["1.txt"]
    assert [refused["name"] for refused in answer.json["errors"]] == ["2.txt"]


def test_a_file_for_a_page_is_in_its_list_and_in_the_library(client_of, make_page):
    make_page("redis", title="About Redis")
    selam = client_of("selam")
    send(selam, ("plan.txt", b"A plan."), url="/files/upload?page=redis")
    send(selam, ("other.txt", b"Another."))
    selam.get("/files/")  # where the message about it is shown
    of_page = selam.get("/files/?in=redis").text
    assert "plan.txt" in of_page
    assert "other.txt" not in of_page
    everything = selam.get("/files/").text
    assert "About Redis" in everything
    assert "other.txt" in everything


def test_the_form_leads_back_to_where_it_was_asked_for(client_of):
    selam = client_of("selam")
    there = send(selam, ("a.txt", b"a"), url="/files/upload?next=/wiki/redis")
    assert there.location == "/wiki/redis"
    elsewhere = send(selam, ("a.txt", b"a"), url="/files/upload?next=//evil.example/")
    assert elsewhere.location.startswith("/files/")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"page": "nowhere"}, 404),
        ({"replaces": "99"}, 404),
        ({"replaces": "one"}, 404),
    ],
)
def test_what_it_is_for_must_be_there(client_of, fields, status):
    assert ask(client_of("selam"), ("a.txt", b"a"), **fields).status_code == status


def test_a_form_without_a_choice_says_so(client_of):
    answer = send(client_of("selam"))
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_strangers_and_readers_send_nothing(client, client_of):
    assert client.get("/files/upload").status_code == 302
    assert client.post("/files/upload", data={}).status_code in (400, 401)
    assert client_of("hana", role="reader").get("/files/upload").status_code == 403


def test_a_request_without_a_token_is_refused(client_of):
    assert client_of("selam").post("/files/upload", data={"file": ""}).status_code == 400


def test_an_editor_whose_token_has_ended_still_sends(client_of):
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    data = {"file": (io.BytesIO(b"A text."), "a.txt"), "csrf_token": "of another session"}
    assert client_of("selam").post("/files/upload", data=data, headers=headers).status_code == 200


@pytest.mark.settings(upload_limit=1)
def test_one_byte_over_the_limit_is_too_large(client_of):
    selam = client_of("selam")
    assert ask(selam, ("a.txt", b"x" * 1_000_000)).status_code == 200
    answer = ask(selam, ("b.txt", b"x" * 1_000_001))
    assert answer.status_code == 413
    assert "1.001 MB" in answer.json["error"]


@pytest.mark.settings(upload_limit=1)
def test_a_request_that_is_too_large_as_a_whole_is_reported_so(client_of):
    selam = client_of("selam")
    big = [(f"{n}.txt", b"x" * 900_000) for n in range(7)]
    assert ask(selam, *big).status_code == 413
    answer = send(selam, *big)
    assert answer.status_code == 413
    assert "Upload fewer at once" in answer.text


@pytest.mark.settings(upload_quota=1)
def test_a_person_has_so_much_room_and_no_more(client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    assert ask(selam, ("a.txt", b"x" * 600_000)).status_code == 200
    refused = ask(selam, ("b.txt", b"y" * 600_000))
    assert refused.status_code == 413
    assert "1 MB" in refused.json["error"]
    assert ask(dawit, ("b.txt", b"y" * 600_000)).status_code == 200
    # What is deleted can come back, so it counts.
    selam.post_form("/files/delete/1")
    assert ask(selam, ("b.txt", b"y" * 600_000)).status_code == 413


@pytest.mark.settings(upload_quota=1)
def test_of_several_at_once_those_that_fit_are_taken(client_of):
    selam = client_of("selam")
    answer = ask(selam, *((f"{n}.txt", str(n).encode() * 400_000) for n in range(4)))
    assert answer.status_code == 413
    assert [file["name"] for file in answer.json["files"]] == ["0.txt", "1.txt"]
    assert [each["name"] for each in answer.json["errors"]] == ["2.txt", "3.txt"]


# Werkzeug leaves the file open into which it was reading.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_cut_request_stores_nothing(client_of):
    selam = client_of("selam")
    token = selam.open_form("/files/upload", has="file").values["csrf_token"]
    body = (
        b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + token.encode()
        + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf a'
    )
    answer = selam.post("/files/upload", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (400, 413, 422)
    assert selam.get("/files/1").status_code == 404


@pytest.mark.settings(rate_limits=True)
def test_a_script_that_sends_and_sends_is_stopped(client_of):
    selam = client_of("selam")
    token = selam.open_form("/files/upload", has="file").values["csrf_token"]
    answers = [
        selam.post("/files/upload", data={"csrf_token": token}).status_code for _ in range(62)
    ]
    assert 429 in answers
    assert set(answers) == {422, 429}


def test_an_earlier_version_is_brought_back(any_app, client_of):
    selam = client_of("selam")
    send(selam, ("plan.png", picture()))
    before = fetch(selam, "/files/1/plan.png").data
    send(selam, ("plan.md", b"# Another plan\n"), url="/files/upload?replaces=1")
    shown = selam.open_form("/files/1", has="version")
    assert shown.submit().status_code == 303
    assert fetch(selam, "/files/1/plan.png").data == before
    page = selam.get("/files/1").text
    assert "earlier content restored" in page
    assert "new content" in page
    with any_app.app_context():
        assert file_texts_by_page([1], 5) == {}


def test_a_version_that_there_is_not_is_not_brought_back(client_of):
    selam = client_of("selam")
    send(selam, ("plan.png", picture()))
    token = selam.open_form("/files/rename/1").values["csrf_token"]
    for version, status in [("7", 404), ("x", 404), ("", 404), ("-1", 404)]:
        answer = selam.post("/files/restore/1", data={"csrf_token": token, "version": version})
        assert answer.status_code == status, version
