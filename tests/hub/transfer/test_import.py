"""`nexus import`: folders, archives and rows, whole or broken."""

import gzip
import json
import os
import zipfile

import pytest

from tests.optional_resources import shared_path
from wiki.database import db
from wiki.hub.transfer import importer, sources
from wiki.hub.trees.file_import import FileImporter
from wiki.pages.models import Page, Revision
from wiki.pages.writing.revision_store import load_content


@pytest.fixture
def rows(tmp_path):
    """Makes a file of rows; strings are written as they are."""

    def rows(*rows, name="pages.jsonl"):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        raw = "\n".join(lines).encode("utf-8", "surrogatepass")
        path = tmp_path / name
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return rows


@pytest.fixture
def folder(tmp_path):
    """Makes a folder of files: `folder({"a/b.md": "text"})`."""

    def folder(files):
        root = tmp_path / "files"
        for name, content in files.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return folder


def row(path, text="A text.\n", **more):
    return {"path": path, "title": path.capitalize(), "text": text, **more}


def test_a_folder_becomes_pages_at_the_same_paths(client, nexus_import, folder):
    root = folder(
        {
            "redis.md": "---\ntitle: Redis & friends\nkind: technology\ntags: [Cache]\n"
            "summary: Fast.\n---\n\nKeeps *keys*.\n",
            "django/README.md": "# Django, the `framework`\n\nText.\n",
            "django/n-plus-one.markdown": "No heading.\n",
            "django/logo.png": b"\x89PNG",
            ".git/config.md": "no",
        }
    )
    answer = nexus_import(root)
    assert answer.exit_code == 0, answer.output
    assert "3  new" in answer.output
    assert "1  other files left alone" in answer.output
    assert client.get("/raw/redis").text == "Keeps *keys*.\n"
    assert "Redis &amp; friends" in client.get("/kinds/technology").text
    assert "Fast." in client.get("/tags/cache").text
    listed = client.get("/pages").text
    assert "Django, the framework" in listed
    assert "N plus one" in listed
    assert client.get("/raw/django").text == "Text.\n"  # the heading is the title


def test_rows_become_pages_packed_or_not(client, nexus_import, rows):
    assert nexus_import(rows(row("a"), row("b/c", text="# ሰላም\r\n"))).exit_code == 0
    assert nexus_import(rows(row("d", kind="guide"), name="more.jsonl.gz")).exit_code == 0
    assert client.get("/raw/b/c").text == "# ሰላም\n"
    assert "D" in client.get("/kinds/guide").text


def test_an_import_that_is_run_again_changes_nothing(app, nexus_import, rows):
    path = rows(row("a"), row("b"))
    nexus_import(path)
    answer = nexus_import(path)
    assert "2  unchanged" in answer.output
    with app.app_context():
        assert db.session.query(Revision).count() == 2


def test_a_page_with_another_text_is_reported_and_left_alone(client, nexus_import, rows, make_page):
    make_page(path="a", text="Somebody's work.\n")
    answer = nexus_import(rows(row("A", text="Other.\n")))
    assert answer.exit_code == 0
    assert "line 1 (A): already exists with another text" in answer.output
    assert client.get("/raw/a").text == "Somebody's work.\n"


def test_update_makes_a_new_revision_and_keeps_what_is_not_said(
    app, client, nexus_import, rows, make_page
):
    make_page(path="a", title="Alpha", text="Old.\n", kind="concept", tags=["x"])
    path = rows({"path": "a", "text": "New.\n"})
    assert "1  updated" in nexus_import(path, "--update").output
    assert "1  unchanged" in nexus_import(path, "--update").output
    assert client.get("/raw/a").text == "New.\n"
    with app.app_context():
        page = db.session.scalars(db.select(Page)).one()
        assert (page.title, page.kind, page.revision_count) == ("Alpha", "concept", 2)


def test_update_brings_new_metadata_of_an_unchanged_text(client, nexus_import, rows, make_page):
    make_page(path="a", title="Alpha", text="A text.\n")
    path = rows({"path": "a", "text": "A text.\n", "kind": "guide", "tags": ["new"]})
    assert "1  updated" in nexus_import(path, "--update").output
    assert "Alpha" in client.get("/tags/new").text


def test_who_is_named_is_the_author(client, nexus_import, rows, make_user):
    make_user("selam")
    assert nexus_import(rows(row("a")), "--as", "Selam").exit_code == 0
    assert "selam" in client.get("/history/a").text
    assert nexus_import(rows(row("b")), "--as", "nobody").exit_code == 1


def test_bad_rows_are_reported_by_their_line_and_stop_nobody(client, nexus_import, rows):
    path = rows(
        row("good"),
        "{not json",
        "[]",
        "",
        '{"path": "x", "title": 3}',
        '{"text": "no name"}',
        row("../up"),
        row("a" * 300),
        row("deep", title="x" * 300),
        {"path": "t", "text": "t", "tags": ["x" * 100]},
        '{"path": "s", "text": "\\ud800 lone"}',
        "[" * 100_000,
        row("last"),
    )
    answer = nexus_import(path)
    assert answer.exit_code == 1
    for number in (2, 3, 5, 6, 7, 8, 9, 10, 12):
        assert f"line {number}" in answer.output
    for number in (1, 4, 11, 13):
        assert f"line {number}:" not in answer.output
        assert f"line {number} " not in answer.output
    assert "3  new" in answer.output
    assert "9  not imported" in answer.output
    assert client.get("/raw/last").status_code == 200


def test_fields_that_no_database_keeps_are_cleaned_like_a_text(
    client, client_of, nexus_import, rows
):
    fields = '{"no\\ud800te": "a\\ud800b", "list": ["\\u0000", "\\r\\n"], "summary": "s\\u0000"}'
    path = rows(f'{{"path": "sur", "title": "S", "text": "hi", "fields": {fields}}}')
    assert nexus_import(path).exit_code == 0
    assert client_of("selam").get("/edit/sur").status_code == 200
    assert client.get("/raw/sur").text == "hi"
    with client.application.app_context():
        assert db.session.scalars(db.select(Revision)).one().fields == {
            "no\ufffdte": "a\ufffdb",
            "list": ["\ufffd", "\n"],
            "summary": "s\ufffd",
        }


def test_fields_named_like_what_a_page_has_itself_are_left_out(app, nexus_import, rows):
    own = {"path": "elsewhere", "title": "No", "kind": "guide", "tags": ["no"]}
    assert nexus_import(rows(row("a", fields={**own, "note": "yes"}))).exit_code == 0
    with app.app_context():
        assert db.session.scalars(db.select(Revision)).one().fields == {"note": "yes"}


def test_a_comma_parts_two_tags_as_in_the_editor(app, client_of, nexus_import, rows):
    nexus_import(rows(row("a", tags=["c, c++", "db"])))
    form = client_of("selam").open_form("/edit/a", has="tags")
    assert form.values["tags"] == "c, c++, db"
    with app.app_context():
        assert db.session.scalars(db.select(Revision)).one().tags == ["c", "c++", "db"]


def test_a_row_in_another_encoding_is_reported(nexus_import, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"path": "a", "text": "caf\xe9"}\n{"path": "b", "text": "ok"}\n')
    answer = nexus_import(path)
    assert "line 1: is not UTF-8" in answer.output
    assert "1  new" in answer.output


def test_one_path_twice_is_reported_with_the_first_place(nexus_import, rows):
    answer = nexus_import(rows(row("same", text="One.\n"), row("Same", text="Two.\n")))
    assert "line 2 (Same (line 1)): occurs twice" in answer.output
    assert "1  new" in answer.output


def test_a_row_that_is_too_long_is_passed_over(nexus_import, rows, monkeypatch):
    monkeypatch.setattr(sources, "ROW_LIMIT", 200)
    answer = nexus_import(rows(row("a"), row("long", text="x" * 5_000), row("b")))
    assert "line 2: is longer" in answer.output
    assert "2  new" in answer.output


def test_a_text_over_the_limit_is_reported(nexus_import, rows, folder):
    answer = nexus_import(rows(row("a", text="x" * 2_000_001), row("b")))
    assert "line 1" in answer.output
    assert "1  new" in answer.output
    answer = nexus_import(folder({"long.md": "x" * 3_000_000, "ok.md": "fine"}))
    assert "long.md: is longer" in answer.output
    assert "1  new" in answer.output


def test_a_packed_file_that_ends_too_early_gives_what_it_has(nexus_import, rows):
    path = rows(*(row(f"p{n}", text=f"{n}" * 5_000) for n in range(300)), name="x.jsonl.gz")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    answer = nexus_import(path)
    assert answer.exit_code == 1
    assert "ends too early" in answer.output


def test_an_archive_is_read_without_being_unpacked(client, nexus_import, tmp_path):
    path = tmp_path / "wiki.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes/a.md", "---\ntitle: From a zip\n---\nText.\n")
        archive.writestr("notes/picture.png", b"x")
        archive.writestr("../evil.md", "evil")
        archive.writestr("/etc/evil.md", "evil")
        archive.writestr("notes/../../evil.md", "evil")
        archive.writestr("bomb.md", "x" * 50_000_000)
        archive.writestr("binary.md", bytes(range(256)))
    answer = nexus_import(path)
    assert answer.exit_code == 1
    assert "1  new" in answer.output
    assert "5  not imported" in answer.output
    assert answer.output.count("leads outside its folder") == 3
    assert "bomb.md: is longer" in answer.output
    assert "From a zip" in client.get("/pages").text
    assert not list(tmp_path.parent.rglob("evil.md"))


def test_a_name_that_a_zip_has_twice_is_reported(nexus_import, tmp_path):
    with zipfile.ZipFile(tmp_path / "wiki.zip", "w") as archive:
        archive.writestr("a.md", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.md", "two")
    assert "a.md (a (a.md)): occurs twice" in nexus_import(tmp_path / "wiki.zip").output


def test_a_damaged_archive_tells_which_file(nexus_import, tmp_path):
    path = tmp_path / "wiki.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.md", "AAAAAAAAAA")
        archive.writestr("b.md", "BBBBBBBBBB")
    path.write_bytes(path.read_bytes().replace(b"AAAAAAAAAA", b"AAAAAAAAAX"))
    answer = nexus_import(path)
    assert "a.md: can’t be read" in answer.output
    assert "1  new" in answer.output


def test_no_name_reaches_the_terminal_with_its_control_characters(nexus_import, folder):
    answer = nexus_import(folder({"a\x1b[31mred.md": "Text.\n", "b\nc.md": "Text.\n"}))
    assert "a\\x1b[31mred" in answer.output
    assert "\x1b" not in answer.output
    assert "(b\nc)" not in answer.output


def test_names_of_files_that_no_path_can_be_are_made_into_one(client, nexus_import, folder):
    answer = nexus_import(folder({"C# basics?.md": "Text.\n", "Was ist [das].md": "Text.\n"}))
    assert answer.exit_code == 0, answer.output
    listed = client.get("/pages").text
    assert 'href="/wiki/c-sharp-basics"' in listed
    assert "C# basics?" in listed


def test_links_out_of_the_folder_are_not_followed(client, nexus_import, folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    root = folder({"a.md": "Text.\n"})
    (root / "b.md").symlink_to(tmp_path / "secret.md")
    nexus_import(root)
    assert client.get("/raw/b").status_code == 404


def test_front_matter_that_cannot_be_read_is_kept_as_text(client, nexus_import, folder):
    text = "---\na: &x [1]\nb: *x\n---\nText.\n"
    answer = nexus_import(folder({"a.md": text}))
    assert "references in its front matter" in answer.output
    assert client.get("/raw/a").text == text


def test_a_kind_that_is_none_here_is_told_of_once(app, nexus_import, folder, rows):
    ours = "---\ntitle: A\nkind: tutorial\ntags: [x]\n---\n\n# A\n\n{{< youtube abc >}}\n"
    answer = nexus_import(folder({"a.md": ours, "b.md": ours.replace("# A", "# B")}))
    assert "a.md (tutorial): is of a kind that this wiki doesn’t have" in answer.output
    assert answer.output.count("tutorial") == 1
    with app.app_context():
        assert app.test_client().get("/raw/a").text == "<https://www.youtube.com/watch?v=abc>\n"
    assert "line 1 (odd)" in nexus_import(rows({"path": "c", "text": "C", "kind": "odd"})).output


def test_an_update_from_an_export_takes_fields_away(app, nexus_import, folder, make_page):
    make_page(path="a", title="A", text="Text.\n", fields={"level": "3", "owner": "Abeba"})
    whole = "---\ntitle: A\nkind: page\ntags: []\nowner: Selam\n---\n\nText.\n"
    for text, fields in (
        ("---\nlevel: 4\n---\nText.\n", {"level": "4", "owner": "Abeba"}),
        (whole, {"owner": "Selam"}),
    ):
        assert "1  updated" in nexus_import(folder({"a.md": text}), "--update").output
        with app.app_context():
            page = db.session.scalars(db.select(Page)).one()
            content = load_content(db.session(), page.id, page.revision_count)
            assert content.fields == fields


def test_an_update_keeps_fields_that_no_file_can_hold(app, nexus_import, folder, make_page):
    fields = {"sources": [f"{number} {'x' * 300}" for number in range(60)]}
    make_page(path="a", title="A", text="Text.\n", fields=fields)
    whole = "---\ntitle: A\nkind: page\ntags: []\n---\n\nOther.\n"
    assert "1  updated" in nexus_import(folder({"a.md": whole}), "--update").output
    with app.app_context():
        page = db.session.scalars(db.select(Page)).one()
        assert load_content(db.session(), page.id, 2).fields == fields


@pytest.mark.parametrize("name", ["nowhere", "picture.png"])
def test_what_cannot_be_imported_is_reported_in_words(nexus_import, tmp_path, name):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    answer = nexus_import(tmp_path / name)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")


def test_stopping_leaves_whole_batches_and_a_second_run_goes_on(app, monkeypatch):
    monkeypatch.setattr(importer, "PAGES_PER_TRANSACTION", 5)
    entries = [
        sources.SourceEntry(f"line {n}", sources.MarkdownPage(f"p{n}", "Text.\n", title=f"P {n}"))
        for n in range(40)
    ]
    seen = []
    with app.app_context():
        first = importer.Importer(
            by=None,
            files=FileImporter(None, by=None, report=lambda place, reason: None),
            report=lambda remark: None,
            progress=lambda stats: seen.append(stats.created),
            is_stopped=lambda: len(seen) >= 2,
        ).run(entries)
        assert (first.is_stopped, first.created) == (True, 10)
        files = FileImporter(None, by=None, report=lambda place, reason: None)
        second = importer.Importer(by=None, files=files, report=lambda remark: None).run(entries)
    assert (second.is_stopped, second.created, second.unchanged) == (False, 30, 10)


def test_every_page_is_announced_to_the_index(app, nexus_import, rows):
    from wiki.search.models import OutboxEntry

    nexus_import(rows(*(row(f"p{n}") for n in range(3))))
    with app.app_context():
        assert db.session.query(OutboxEntry).count() == 3


@pytest.mark.slow
def test_real_pages_come_in_as_they_are(app, client, nexus_import, tmp_path):
    """One of thirty; all of them, which are some two thousand, with `make golden`."""
    with gzip.open(shared_path("corpus/pages.jsonl.gz"), "rt") as lines:
        pages = list(lines)[:: 1 if os.environ.get("NEXUS_TEST_GOLDEN") else 30]
    with gzip.open(tmp_path / "pages.jsonl.gz", "wt") as sample:
        sample.writelines(pages)
    answer = nexus_import(tmp_path / "pages.jsonl.gz")
    assert answer.exit_code == 0
    assert f"{len(pages):,}  new" in answer.output
    assert len(pages) > 50
    for page in map(json.loads, pages[::7]):
        assert client.get(f"/raw/{page['path']}").text == page["text"]
