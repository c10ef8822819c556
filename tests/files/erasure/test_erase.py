"""Erasing a file, or one version of it, permanently."""

from typing import Any

import pytest
from flask import Flask

from tests.files.upload_forms import fetch, picture, send
from tests.pages.visible_text import field_error, main
from tests.person import Person
from wiki.database import db
from wiki.files.models import FileContent, FileVariant
from wiki.files.storage.content_store import CONTENT_STORE, current_store

WHY = "It shows a face"


@pytest.fixture
def selam(client_of: Any) -> Person:
    return client_of("selam")


@pytest.fixture
def admin(client_of: Any) -> Person:
    return client_of("abeba", role="admin")


def kept(app: Flask) -> set[str]:
    with app.app_context():
        return {content_hash for content_hash, _ in current_store().stored()}


def replace(person: Person, name: str, content: bytes) -> None:
    send(person, (name, content), url="/files/upload?replaces=1", replaces="1")


def test_one_version_goes_with_its_smaller_pictures(
    any_app: Flask, admin: Person, selam: Person, client: Person
) -> None:
    send(selam, ("face.png", picture(size=(900, 700))))
    first = kept(any_app)
    replace(selam, "face.png", picture(size=(40, 30)))
    assert len(first) > 2
    answer = admin.post_form("/files/erase/1?version=1", why=WHY)
    assert (answer.status_code, answer.location) == (303, "/files/1")
    assert not kept(any_app) & first
    shown = main(admin.get("/files/1"))
    assert "content erased" in shown
    assert "This can’t reach backups" in shown
    assert fetch(client, "/files/1/face.png").status_code == 200
    with any_app.app_context():
        assert not first & set(db.session.scalars(db.select(FileVariant.hash)))
    token = selam.open_form("/files/rename/1").values["csrf_token"]
    sent = {"version": "1", "csrf_token": token}
    assert selam.post("/files/restore/1", data=sent).status_code == 404
    assert f"/files/1 (1): {WHY}" in main(admin.get("/admin/audit"))
    assert admin.get("/files/erase/1?version=1").status_code == 404


def test_the_current_version_gives_way_to_the_one_before(
    any_app: Flask, admin: Person, selam: Person, client: Person
) -> None:
    send(selam, ("a.txt", b"First\n"))
    replace(selam, "a.txt", b"Second\n")
    admin.post_form("/files/erase/1?version=2", why=WHY)
    assert fetch(client, "/files/1/a.txt").data == b"First\n"
    assert len(kept(any_app)) == 1


def test_all_of_a_file_goes_also_of_a_deleted_one(
    any_app: Flask, admin: Person, selam: Person, client: Person
) -> None:
    send(selam, ("private name.txt", b"First\n"))
    replace(selam, "a.txt", b"Second\n")
    selam.post_form("/files/delete/1")
    assert "/files/erase/1" in admin.get("/files/deleted").text
    assert "/files/erase/1" not in selam.get("/files/deleted").text
    answer = admin.post_form("/files/erase/1", why=WHY)
    assert answer.location == "/files/deleted"
    assert kept(any_app) == set()
    assert "private" not in admin.get("/files/deleted").text
    assert client.get("/files/1").status_code == 404
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.max(FileContent.text))) == ""


def test_a_content_that_another_file_has_stays_there(
    app: Flask, admin: Person, selam: Person, client: Person
) -> None:
    send(selam, ("a.txt", b"Same\n"))
    send(selam, ("b.txt", b"Same\n"))
    assert "b.txt" in main(admin.get("/files/erase/1"))
    admin.post_form("/files/erase/1", why=WHY)
    assert "keeps it" in main(admin.get("/files/"))
    assert fetch(client, "/files/2/b.txt").data == b"Same\n"
    admin.post_form("/files/erase/2?version=1", why=WHY)
    assert kept(app) == set()
    result = app.test_cli_runner().invoke(args=["files", "check"])
    assert result.exit_code == 0, result.output


def test_without_a_reason_nothing_goes(app: Flask, admin: Person, selam: Person) -> None:
    send(selam, ("a.txt", b"Text\n"))
    answer = admin.post_form("/files/erase/1", why=" ")
    assert answer.status_code == 422
    assert "Give a reason" in field_error(answer, "why")
    assert kept(app)


def test_nobody_else_learns_that_it_is_there(
    app: Flask, selam: Person, client_of: Any, client: Person
) -> None:
    send(selam, ("a.txt", b"Text\n"))
    for person in (client, selam, client_of("marta", role="mentor")):
        for address in ("/files/erase/1", "/files/erase/9", "/files/erase/1?version=1"):
            assert person.get(address).status_code == 404
        assert "/files/erase" not in person.get("/files/1").text
    token = selam.open_form("/files/rename/1").values["csrf_token"]
    sent = selam.post("/files/erase/1", data={"why": WHY, "csrf_token": token})
    assert sent.status_code == 404
    assert kept(app)


def test_a_form_without_its_token_erases_nothing(app: Flask, admin: Person, selam: Person) -> None:
    send(selam, ("a.txt", b"Text\n"))
    assert admin.post("/files/erase/1", data={"why": WHY}).status_code == 400
    assert kept(app)


def test_what_the_store_can_not_delete_now_is_reported(
    app: Flask, admin: Person, selam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(selam, ("a.txt", b"Text\n"))

    def fail(_self: object, _hash: str) -> None:
        raise OSError("read-only")

    with monkeypatch.context() as patch:
        patch.setattr("wiki.files.storage.folder_store.FolderStore.delete", fail)
        admin.post_form("/files/erase/1", why=WHY)
    assert "nexus files prune --now" in main(admin.get("/files/deleted"))
    runner = app.test_cli_runner()
    assert "0 contents" in runner.invoke(args=["files", "prune"]).output
    assert "1 contents" in runner.invoke(args=["files", "prune", "--now"]).output


def test_pruning_at_once_reaches_what_was_just_deleted(app: Flask, selam: Person) -> None:
    send(selam, ("a.txt", b"Text\n"))
    selam.post_form("/files/delete/1")
    runner = app.test_cli_runner()
    assert "0 contents" in runner.invoke(args=["files", "prune", "--deleted-for", "0"]).output
    assert "1 contents" in runner.invoke(args=["files", "prune", "--now"]).output
    assert kept(app) == set()


def test_a_bucket_holds_it_no_more(app: Flask, admin: Person, selam: Person) -> None:
    from tests.files.bucket import FakeBucket
    from wiki.files.storage.bucket_store import BucketStore

    with FakeBucket() as bucket:
        CONTENT_STORE.put(app, BucketStore.at("s3://wiki/files", **bucket.options))
        send(selam, ("face.png", picture(size=(900, 700))))
        assert len(bucket.objects) > 1
        admin.post_form("/files/erase/1?version=1", why=WHY)
        assert bucket.objects == {}
