"""Files are exported and imported with their pages."""

import json
import random
import sqlite3
import zipfile
from base64 import b64encode

import pytest

from tests.files.upload_forms import fetch, picture, send
from tests.hub.transfer.test_export import run, snapshot
from wiki.database import db, schema
from wiki.git.import_command import import_command
from wiki.hub.transfer import export_command as export_command_module
from wiki.hub.transfer import file_transfer
from wiki.hub.transfer.export_command import export_command
from wiki.pages.maintenance import transfer as maintenance
from wiki.pages.maintenance.transfer import stored_pages
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

SVG = b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').decode()


@pytest.fixture
def filled(app, client_of, make_page):
    """Two pages and three files, one of them deleted and one in the library."""
    selam = client_of("selam")
    make_page("guides/redis", text="![plan](/files/1/plan.png) [x](/files/3/notes.md)\n")
    send(selam, ("plan.png", picture()), page="guides/redis")
    send(selam, ("gone.txt", b"Gone."))
    send(selam, ("notes.md", b"# Notes\n"))
    selam.post_form("/files/delete/2")
    return app


@pytest.fixture
def other(make_app, tmp_path):
    """Another wiki, with nothing in it."""
    (tmp_path / "other").mkdir()
    app = make_app(database_url=f"sqlite:///{tmp_path}/other.sqlite3", instance=tmp_path / "other")
    schema.upgrade(app)
    return app


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_files_are_exported_and_imported_as_they_were(filled, other, tmp_path, target, client):
    assert "1 page and 2 files" in run(filled, export_command, tmp_path / target)
    output = run(other, import_command, tmp_path / target)
    assert "2 new files" in output
    there = other.test_client()
    for address in ("/files/1/plan.png", "/files/3/notes.md"):
        assert fetch(there, address).data == fetch(client, address).data
    assert there.get("/files/2").status_code == 404
    assert "plan.png" in there.get("/files/?in=guides/redis").text
    assert "notes.md" not in there.get("/files/?in=guides/redis").text
    # An attached Markdown file is no page.
    assert there.get("/wiki/files/3/notes").status_code == 404
    assert "1 page uses it" in there.get("/files/1").text
    again = run(other, import_command, tmp_path / target)
    assert "0 new files" in again


def test_an_index_that_is_damaged_or_too_long_is_reported(app, tmp_path, monkeypatch):
    (tmp_path / "files/1").mkdir(parents=True)
    (tmp_path / "page.md").write_text("text\n")
    index = tmp_path / "files/index.json"
    for written, said in (
        ('[{"id": 1', "is damaged"),
        ("no JSON", "is damaged"),
        ("[]" * 9, "longer"),
    ):
        index.write_text(written)
        monkeypatch.setattr(file_transfer, "INDEX_LIMIT", 17)
        done = app.test_cli_runner().invoke(import_command, [str(tmp_path)])
        assert done.exit_code == 1
        assert "files/index.json" in done.output
        assert said in done.output


def test_a_folder_of_others_goes_out_and_comes_in_with_its_links_and_pictures(app, other, tmp_path):
    source = tmp_path / "source"
    for name, content in {
        "guide/README.md": b"# Guide\n\n[x](install.md) ![p](img/p.png)\n",
        "guide/install.md": b"# Install\n\n# Install\n\n[up](README.md#guide) ![[p.png]]\n",
        "guide/img/p.png": picture(),
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    run(app, import_command, source)
    run(app, export_command, tmp_path / "out")
    run(other, import_command, tmp_path / "out")
    for path in ("guide", "guide/install"):
        there, here = (each.test_client() for each in (app, other))
        assert here.get(f"/raw/{path}").data == there.get(f"/raw/{path}").data
        page = here.get(f"/wiki/{path}").text
        assert '<img src="/files/' in page
        assert 'class="wikilink missing"' not in page
    exported = (tmp_path / "out/guide.md").read_text()
    assert "(guide/install.md)" in exported  # as GitHub reads it
    assert (tmp_path / "out/guide/install.md").exists()


def test_the_links_of_the_texts_lead_to_the_files_in_the_folder(filled, tmp_path):
    run(filled, export_command, tmp_path / "out")
    text = (tmp_path / "out" / "guides" / "redis.md").read_text()
    assert "(/files/1/plan.png)" in text
    assert (tmp_path / "out" / "files" / "1" / "plan.png").exists()


def test_another_file_of_that_number_stays(filled, app, tmp_path, client):
    run(filled, export_command, tmp_path / "out")
    (tmp_path / "out" / "files" / "3" / "notes.md").write_text("# Other\n")
    answer = app.test_cli_runner().invoke(import_command, [str(tmp_path / "out")])
    assert answer.exit_code == 1
    assert "id of another file" in answer.output
    assert fetch(client, "/files/3/notes.md").data == b"# Notes\n"


def test_files_whose_numbers_are_taken_get_others(filled, other, tmp_path, client):
    text = "![](/files/1/plan.png?width=300#x) [n](/files/3) <img src='/files/1/plan.png'>\n"
    with filled.app_context():
        page = stored_pages(["guides/redis"])["guides/redis"]
        save_edit(page.page_id, Edit(Content("Redis", text), page.number), by=None)
    run(filled, export_command, tmp_path / "out")
    for name, content in (("1/plan.txt", b"Theirs."), ("2/b.txt", b"2"), ("3/notes.md", b"3")):
        (tmp_path / "taken/files" / name).parent.mkdir(parents=True)
        (tmp_path / "taken/files" / name).write_bytes(content)
    rows = [
        {"id": 1, "name": "plan.txt"},
        {"id": 2, "name": "b.txt"},
        {"id": 3, "name": "notes.md"},
    ]
    (tmp_path / "taken/files/index.json").write_text(json.dumps(rows))
    run(other, import_command, tmp_path / "taken")
    run(other, import_command, tmp_path / "out")
    there = other.test_client()
    assert there.get("/raw/guides/redis").text == (
        "![](/files/4/plan.png?width=300#x) [n](/files/5/notes.md) <img src='/files/4/plan.png'>\n"
    )
    assert fetch(there, "/files/4/plan.png").data == fetch(client, "/files/1/plan.png").data
    assert fetch(there, "/files/5/notes.md").data == b"# Notes\n"
    assert fetch(there, "/files/1/plan.txt").data == b"Theirs."
    assert "1  unchanged" in run(other, import_command, tmp_path / "out")
    assert there.get("/files/6").status_code == 404


def test_a_file_that_no_text_names_gets_a_free_number(app, tmp_path, client_of, client):
    send(client_of("selam"), ("mine.txt", b"Mine."))
    (tmp_path / "files/1").mkdir(parents=True)
    (tmp_path / "files/1/theirs.txt").write_bytes(b"Theirs.")
    (tmp_path / "files/index.json").write_text('[{"id": 1, "name": "theirs.txt", "page": "a"}]')
    (tmp_path / "a.md").write_text("![[theirs.txt]]\n")
    assert "1 new files" in run(app, import_command, tmp_path)
    assert "0 new files" in run(app, import_command, tmp_path)
    assert fetch(client, "/files/2/theirs.txt").data == b"Theirs."
    assert "theirs.txt" in client.get("/files/?in=a").text


def test_a_picture_within_a_text_stays_there(app, other, make_page, client_of, tmp_path):
    data = b64encode(picture()).decode()
    make_page("p", text=f"![x](data:image/png;base64,{data})\n")
    make_page("q", text="![y](/files/1/plan.png)\n")
    send(client_of("selam"), ("plan.png", picture()), page="q")
    run(app, export_command, tmp_path / "out")
    run(other, import_command, tmp_path / "out")
    assert snapshot(other) == snapshot(app)


def test_a_picture_within_a_text_takes_no_number_of_an_export(app, tmp_path, client):
    (tmp_path / "files/1").mkdir(parents=True)
    (tmp_path / "files/1/plan.png").write_bytes(picture())
    (tmp_path / "files/index.json").write_text('[{"id": 1, "name": "plan.png"}]')
    (tmp_path / "a.md").write_text(f"![x](data:image/svg+xml;base64,{SVG})\n")
    run(app, import_command, tmp_path)
    assert client.get("/raw/a").text == "![x](/files/2/picture.svg)\n"
    assert fetch(client, "/files/1/plan.png").data == picture()


@pytest.mark.parametrize(
    "index",
    [
        "{}",
        "[1, null]",
        json.dumps([{"id": 1, "name": "../../../etc/passwd"}]),
        json.dumps([{"id": "1", "name": "a.txt"}]),
        json.dumps([{"id": 2**40, "name": "a.txt"}]),
        json.dumps([{"id": 7, "name": "a.txt", "page": 3}]),
        json.dumps([{"id": True, "name": "a.txt"}]),
    ],
)
def test_an_index_that_is_none_brings_no_files(app, tmp_path, index, client):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("files/index.json", index)
        archive.writestr("redis.md", "A store.\n")
    run(app, import_command, tmp_path / "in.zip")
    assert client.get("/wiki/redis").status_code == 200
    assert client.get("/files/1").status_code == 404


def test_what_is_wrong_with_a_file_is_reported_and_stops_nothing(app, tmp_path, client):
    rows = [
        {"id": 1, "name": "a.png"},
        {"id": 2, "name": "b.txt", "page": "nowhere"},
        {"id": 3, "name": "c.txt"},
        {"id": 4, "name": "d.txt"},
        {"id": 5, "name": "e.txt", "page": "\ud800"},
    ]
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("files/index.json", json.dumps(rows))
        archive.writestr("files/1/a.png", "<script>")
        archive.writestr("files/2/b.txt", "text")
        archive.writestr("files/4/d.txt", "text")
    answer = app.test_cli_runner().invoke(import_command, [str(tmp_path / "in.zip")])
    assert answer.exit_code == 1
    assert "1 new files" in answer.output
    for place in ("files/1/a.png", "files/2/b.txt", "files/3/c.txt", "files/5/e.txt"):
        assert place in answer.output
    assert fetch(client, "/files/4/d.txt").data == b"text"


def test_files_of_more_pages_than_one_statement_may_ask_for(app, make_page):
    saved = make_page(path="last", text="Text.\n")
    with app.app_context():
        driver = db.session.connection().connection.driver_connection
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
        found = stored_pages([*(f"page-{number}" for number in range(2_000)), "last"])
    assert {key: stored.page_id for key, stored in found.items()} == {"last": saved.page_id}


@pytest.fixture
def packed(tmp_path):
    """An export of a page and two files; `packed(damaged=name)` spoils the bytes of one member."""

    def packed(damaged=None, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "in.zip"
        rows = [{"id": 1, "name": "a.txt"}, {"id": 2, "name": "b.txt"}]
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("files/1/a.txt", "one, two, three, four, five\n")
            archive.writestr("files/2/b.txt", "text")
            archive.writestr("files/index.json", json.dumps(rows))
            archive.writestr("redis.md", "A store.\n")
            info = archive.getinfo(damaged) if damaged else None
        if info:
            raw = bytearray(path.read_bytes())
            start = info.header_offset + 30 + len(info.filename)  # the header's fixed part
            for place in range(start, start + info.compress_size):
                raw[place] ^= 0xFF
            path.write_bytes(raw)
        return path

    return packed


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_file_is_reported_and_the_others_come_in(app, packed, client, method):
    path = packed("files/1/a.txt", method)
    answer = app.test_cli_runner().invoke(import_command, [str(path)])
    assert isinstance(answer.exception, SystemExit)
    assert answer.exit_code == 1
    assert "files/1/a.txt: can’t be read" in answer.output
    assert "1 new files" in answer.output
    assert fetch(client, "/files/2/b.txt").data == b"text"


def test_a_damaged_index_is_reported_and_the_pages_come_in(app, packed, client):
    answer = app.test_cli_runner().invoke(import_command, [str(packed("files/index.json"))])
    assert answer.exit_code == 1
    assert "files/index.json: can’t be read" in answer.output
    assert client.get("/wiki/redis").status_code == 200


def test_a_locked_zip_is_reported_in_words(app, packed):
    path = packed()
    # Python packs nothing with a password: the flag alone is what a reader goes by.
    raw = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(header)
        while place >= 0:
            raw[place + flags] |= 1
            place = raw.find(header, place + 1)
    path.write_bytes(raw)
    answer = app.test_cli_runner().invoke(import_command, [str(path)])
    assert isinstance(answer.exception, SystemExit)
    assert answer.exit_code == 1
    for name in ("files/index.json", "redis.md"):
        assert f"{name}: is protected with a password" in answer.output


def test_a_zip_whose_list_is_damaged_is_told_in_words(app, packed):
    path = packed()
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PKxx"))
    answer = app.test_cli_runner().invoke(import_command, [str(path)])
    assert isinstance(answer.exception, SystemExit)
    assert "is damaged" in answer.output


def test_what_people_do_meanwhile_loses_nothing(
    filled, make_page, client_of, tmp_path, monkeypatch
):
    selam = client_of("selam")
    make_page("second", text="Second.\n")
    send(selam, ("late.txt", b"Late."), page="second")
    write = export_command_module.write_markdown_page
    moved = iter([True])

    def write_slowly(path, content, name):
        if next(moved, False):
            assert selam.post_form("/files/delete/1").status_code == 303
            form = selam.open_form("/rename/second")
            assert form.submit(path="third").status_code == 303
            db.session.rollback()  # as each statement sees what is stored, on PostgreSQL
        return write(path, content, name)

    monkeypatch.setattr(maintenance, "EXPORT_BATCH", 1)
    monkeypatch.setattr(export_command_module, "write_markdown_page", write_slowly)
    said = run(filled, export_command, tmp_path / "out", "--links", "relative")
    assert "2 pages and 2 files" in said
    assert "path: third\n" in (tmp_path / "out/second.md").read_text()
    index = json.loads((tmp_path / "out/files/index.json").read_text())
    assert [(row["name"], row["page"]) for row in index] == [
        ("notes.md", ""),
        ("late.txt", "third"),
    ]


PIECES = (
    "# Heading\n\n", "[[Page 1]]", "[x](/wiki/a/p0)", "![p](/files/1/f0.png)", "![[f0.png]]",
    "[[f0.png]]", "\t", "  \n", "---\n", "+++\n", "{\n}\n", "\u2028", "ሰላም", "\\", "`[[x]]`",
    "![x](f0.png)", "[x](../files/1/f0.png.md)", "<img src='/files/1/f0.png'>", "title: x\n",
)  # fmt: skip


@pytest.mark.parametrize(("seed", "target"), [(1, "out"), (2, "out.zip")])
def test_a_random_wiki_comes_back_byte_by_byte(
    app, other, *, client_of, make_page, tmp_path, seed, target
):
    draw, selam = random.Random(seed), client_of("selam")
    for number in range(6):
        folder = draw.choice(("", "a/", "a/b/", "readme/"))
        make_page(
            f"{folder}p{number}",
            title=draw.choice((f"Page {number}", f"p{number}", '"q": #')),
            text="".join(draw.choices(PIECES, k=draw.randrange(12))),
            kind=draw.choice(("page", "concept", "challenge")),
            tags=draw.sample(("a b", "null", "ዳታ", "c, d"), draw.randrange(3)),
            fields={"note": draw.choice(("no", "1e3", "a: b", "two\nlines\n", ["x", ""]))},
        )
        name, content = f"f{number}.txt", draw.randbytes(50).hex().encode()
        send(selam, (name, content), **({"page": f"{folder}p{number}"} if number % 2 else {}))
    run(app, export_command, tmp_path / target)
    run(other, import_command, tmp_path / target)
    assert snapshot(other) == snapshot(app)
    assert len(snapshot(app)) == 6
    run(other, export_command, tmp_path / "again")
    run(app, export_command, tmp_path / "first")
    files = [
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")}
        for folder in (tmp_path / "first", tmp_path / "again")
    ]
    assert files[0] == files[1]
    assert len(files[0]) == 13
