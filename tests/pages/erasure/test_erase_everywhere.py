"""A phrase goes from files, names, notes and other spellings too; what stays is told."""

import gzip
import io
import re
import zipfile
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pytest
from flask import Flask

from tests.files.upload_forms import fetch, picture, send
from tests.pages.erasure.test_erase import SECRET, WHY, is_in, rebuild, stored
from tests.pages.visible_text import main, raw
from tests.person import Person
from wiki.accounts.registration.invitations import InvitationTerms, create_invitation
from wiki.database import db, write_transaction
from wiki.files.storage.content_store import current_store
from wiki.files.storage.folder_store import FolderStore
from wiki.search.index.index_folder import search_folder

LOUD = SECRET.upper()


@pytest.fixture
def page(app: Flask, make_page: Any, selam: Person) -> None:
    make_page("redis", text=f"It is {SECRET}.\n")
    selam.post_form("/edit/redis", text="Clean.\n")


def erase(admin: Person, **fields: Any) -> Any:
    form = admin.open_form("/erase/redis?revision=1")
    return form.submit(summary=WHY, containing=SECRET, **fields)


@pytest.fixture
def strewn(page: None, make_page: Any, selam: Person, admin: Person, index_now: Any) -> None:
    """The secret in names, contents, former versions, a deleted file and page, notes, the index."""
    send(selam, (f"{SECRET}.png", picture()))
    send(selam, ("notes.txt", f"See {LOUD}\n".encode()), page="redis")
    send(selam, ("clean.txt", b"Nothing\n"), url="/files/upload?replaces=2", replaces="2")
    send(selam, ("deleted.txt", f"Old {SECRET}\n".encode()))
    selam.post_form("/files/delete/3")
    send(selam, (f"{LOUD} plan.txt", b"Plan\n"))
    selam.post_form("/files/rename/4", name="plan.txt")
    make_page("loud", text=f"{LOUD}, ![[{SECRET}.png]]\n", title=f"On {LOUD}")
    selam.post_form("/delete/loud")
    make_page("quote", text=f"![[{SECRET}.png]] and {SECRET.lower()}\n")
    admin.post_form("/admin/settings", welcome=f"Never write {SECRET}.")
    admin.post_form("/admin/invitations", note=f"For {SECRET}")
    selam.open_form("/freshness/quote", has="reason").submit(answer="report", reason=f"No {LOUD}!")
    selam.post_form("/new?kind=challenge", title="Slow", text=f"[[{SECRET}]]\n")
    saying = selam.open_form("/challenge/challenges/slow", has="version")
    saying.submit(action="worked", version=f"{SECRET} 2")
    selam.open_form("/board/wanted", has="key").submit()
    index_now()
    selam.get(f"/search?q={SECRET}")


def test_nothing_that_the_instance_keeps_holds_it(
    any_app: Flask, strewn: None, tmp_path: Path, admin: Person, client: Person
) -> None:
    assert is_in(tmp_path / "instance")
    answer = erase(admin, everywhere=True)
    assert answer.status_code == 303
    rebuild(any_app)
    assert SECRET.lower() not in stored(any_app).lower()
    assert is_in(tmp_path / "instance") == []
    assert client.get("/files/1").text.count("████.png")
    assert fetch(client, "/files/2/notes.txt").data == b"Nothing\n"
    assert raw(client, "quote") == "![[████.png]] and ████\n"
    assert 'src="/files/1/' in client.get("/wiki/quote").text
    assert "deleted.txt" not in admin.get("/files/deleted").text
    token = admin.open_form("/files/rename/1").values["csrf_token"]
    assert admin.post("/files/undelete/3", data={"csrf_token": token}).status_code == 404
    assert fetch(client, "/files/4/plan.txt").data == b"Plan\n"


def test_an_earlier_version_leaves_at_once(
    app: Flask, page: None, selam: Person, admin: Person, client: Person
) -> None:
    send(selam, ("notes.txt", f"{SECRET}\n".encode()), page="redis")
    send(selam, ("notes.txt", b"Clean\n"), url="/files/upload?replaces=1", replaces="1")
    old = re.findall(r'"(/files/1/notes\.txt\?v=[0-9a-f]{16})"', client.get("/files/1").text)[-1]
    assert fetch(client, old).data == f"{SECRET}\n".encode()
    with app.app_context():
        before = {each for each, _ in current_store().stored()}
    erase(admin)
    with app.app_context():
        assert len({each for each, _ in current_store().stored()}) == len(before) - 1
    assert fetch(client, old).status_code == 404
    for digit in "0123456789abcdef":
        answer = fetch(client, f"/files/1/notes.txt?v={digit}")
        assert SECRET.encode() not in answer.data
    assert "content erased" in main(client.get("/files/1"))


def packed() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        parted = f"<w:t>{SECRET[:7]}</w:t><w:t>{SECRET[7:]}</w:t>"
        archive.writestr("word/document.xml", f"<?xml version='1.0'?><w:p>{parted}</w:p>" * 9)
    return target.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        ("a.docx", packed()),
        ("a.txt.gz", gzip.compress(SECRET.encode())),
        ("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{LOUD}</text></svg>'.encode()),
        ("a.txt", ("words " * 40_000 + SECRET).encode()),
        ("a.csv", f"a;{LOUD}\n".encode("utf-16")),
    ],
)
def test_what_is_packed_or_long_is_found(
    app: Flask, page: None, selam: Person, admin: Person, file: tuple[str, bytes]
) -> None:
    send(selam, file, page="redis")
    answer = erase(admin, action="look")
    assert file[0] in main(answer)
    assert admin.form_in(answer, "/erase/redis").values.getlist("contents")
    erase(admin)
    assert admin.get("/files/1").status_code == 404
    with app.app_context():
        assert list(current_store().stored()) == []


def test_a_look_changes_nothing_and_lets_one_choose(
    any_app: Flask, page: None, selam: Person, admin: Person, client: Person
) -> None:
    send(selam, ("keep.txt", f"Keep {SECRET}\n".encode()), page="redis")
    send(selam, ("drop.txt", f"Drop {LOUD}\n".encode()), page="redis")
    before = stored(any_app)
    answer = admin.open_form("/erase/redis?revision=1").submit(containing=SECRET, action="look")
    assert answer.status_code == 200
    assert stored(any_app) == before
    words = main(answer)
    assert "keep.txt" in words
    assert "drop.txt" in words
    assert "This can’t reach backups" in words
    form = admin.form_in(answer, "/erase/redis")
    (drop,) = (key for key in form.values.getlist("contents") if key.startswith("2-"))
    assert form.submit(summary=WHY, contents=[drop]).status_code == 303
    assert fetch(client, "/files/1/keep.txt").data == f"Keep {SECRET}\n".encode()
    assert client.get("/files/2").status_code == 404
    after = main(admin.get("/history/redis"))
    assert "1 file version" in after
    assert "still contains it" in after
    assert "This can’t reach backups" in after


def test_others_write_while_the_store_is_read(
    app: Flask, page: None, selam: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(selam, ("packed.docx", packed()), page="redis")
    written = []

    def write() -> None:
        with app.app_context(), write_transaction(lock_timeout=0.1):
            written.append(True)

    def opened(store: FolderStore, content_hash: str) -> IO[bytes]:
        writer = Thread(target=write)
        writer.start()
        writer.join()
        return read(store, content_hash)

    read = FolderStore.open
    monkeypatch.setattr(FolderStore, "open", opened)
    assert "packed.docx" in main(erase(admin, action="look"))
    assert written == [True]


def test_another_phrase_is_looked_for_before_it_is_erased(
    page: None, selam: Person, admin: Person, client: Person
) -> None:
    answer = erase(admin, action="look")
    answer = admin.form_in(answer, "/erase/redis").submit(containing="Clean", summary=WHY)
    assert answer.status_code == 200
    assert "What would be erased" in main(answer)
    assert raw(client, "redis") == "Clean.\n"


def test_other_capitals_only_where_asked(
    page: None, make_page: Any, admin: Person, client: Person
) -> None:
    make_page("loud", text=f"{LOUD}\n")
    erase(admin, everywhere=True, capitals=False)
    assert raw(client, "loud") == f"{LOUD}\n"


def test_files_of_other_pages_stay_where_it_is_not_everywhere(
    page: None, make_page: Any, selam: Person, admin: Person, client: Person
) -> None:
    make_page("other", text="Text.\n")
    send(selam, ("mine.txt", f"{SECRET}\n".encode()), page="redis")
    send(selam, ("same.txt", f"{SECRET}\n".encode()), page="other")
    erase(admin)
    assert client.get("/files/1").status_code == 404
    assert fetch(client, "/files/2/same.txt").data == f"{SECRET}\n".encode()
    assert "stays there" in main(admin.get("/history/redis"))


def test_people_and_addresses_that_hold_it_are_named(
    app: Flask, page: None, make_page: Any, client_of: Any, admin: Person
) -> None:
    client_of("Hunter2fan")
    make_page("my-hunter2", text="Text.\n")
    form = admin.open_form("/erase/redis?revision=1")
    words = main(form.submit(containing="hunter2", everywhere=True, action="look"))
    assert "Hunter2fan" in words
    assert "my-hunter2" in words
    form.submit(containing="hunter2", everywhere=True, summary=WHY)
    after = main(admin.get("/history/redis"))
    assert "of 1 person" in after
    assert "address of 1 other page" in after
    assert "hunter2" not in after.lower()


def test_logs_and_lists_show_no_phrase(
    app: Flask, page: None, selam: Person, admin: Person
) -> None:
    with app.app_context():
        create_invitation(InvitationTerms(note=f"With {LOUD}"), by=None)
        db.session.rollback()
    form = admin.open_form("/erase/redis?revision=1")
    form.submit(summary=f"{LOUD} was here", containing=SECRET, everywhere=True)
    for place in ("/admin/", "/admin/audit", "/admin/erasures", "/admin/invitations"):
        assert SECRET.lower() not in admin.get(place).text.lower()
    assert "████ was here" in main(admin.get("/admin/audit"))


def test_the_index_forgets_what_stood_in_a_file(
    app: Flask, page: None, admin: Person, client: Person, index_now: Any
) -> None:
    send(admin, ("notes.txt", b"The zebrafish knows\n"), page="redis")
    index_now()
    assert "redis" in main(client.get("/search?q=zebrafish"))
    admin.open_form("/erase/redis?revision=1").submit(summary=WHY, containing="Zebrafish")
    index_now()
    assert "/wiki/redis" not in main(client.get("/search?q=zebrafish"))
    rebuild(app)
    words = (b"zebrafish", b"Zebrafish")
    folder = search_folder(app)
    assert not [p for p in folder.rglob("*") if p.is_file() and has_any(p.read_bytes(), words)]


def has_any(data: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in data for word in words)
