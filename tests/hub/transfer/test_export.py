"""`nexus export`, and that `nexus import` reads it back."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from wiki.access.permissions import Viewer
from wiki.database import schema, write_transaction
from wiki.git.import_command import import_command
from wiki.hub.markdown_file import (
    file_of_path,
    path_of_file,
    read_markdown_page,
    write_markdown_page,
)
from wiki.hub.transfer.export_command import export_command
from wiki.naming import NameRefused, clean_path
from wiki.pages.maintenance.transfer import iterate_pages
from wiki.pages.models import Page
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.frontmatter import RESERVED_FIELDS

PAGES = [
    ("redis", Content("Redis", "Keeps keys.\n", "technology", ("Cache", "no sql"))),
    (
        "challenges/a",
        Content("12:30", "---\nrule: 1\n---\n", "challenge", (), {"status": "solved"}),
    ),
    ("index", Content('Index: of "all"', "\n\n  indented\n")),
    ("a/readme", Content("Read me", "")),
    ("a.md/b", Content("# no", "no final line end")),
    ("a", Content("ሰላም ዓለም", "ሰላም\n", "page", ("ዳታ",), {"summary": "yes", "aliases": ["x", "y"]})),
    ("con", Content("con", "a device\n")),
    ("x:y", Content("A colon", "text\n")),
    ("x*y", Content("A star", "text\n")),
    ("ሀ" * 100, Content("Long", "text\n")),
    (".hidden/.file", Content("Dots", "text\n", fields={"multi": "two\nlines\n"})),
]


def snapshot(app):
    with app.app_context():
        return {page.path: page.content for page in iterate_pages(Viewer())}


def run(app, command, *arguments):
    answer = app.test_cli_runner().invoke(command, [str(each) for each in arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def other(make_app, tmp_path):
    """Another wiki, with nothing in it."""
    app = make_app(database_url=f"sqlite:///{tmp_path}/other.sqlite3")
    schema.upgrade(app)
    return app


def test_redirects_go_out_and_come_in(app, other, make_page, client_of, tmp_path):
    make_page("a", text="A.\n")
    make_page("c", text="[[a]]\n")
    form = client_of("selam").open_form("/rename/a")
    assert form.submit(path="b", with_links=None).status_code == 303
    run(app, export_command, tmp_path / "out")
    listed = (tmp_path / "out/redirects.json").read_bytes()
    assert json.loads(listed) == [{"from": "a", "to": "b"}]
    assert "other files" not in run(other, import_command, tmp_path / "out")
    there = other.test_client()
    assert there.get("/wiki/a").location.endswith("/wiki/b")
    assert "missing" not in there.get("/wiki/c").text
    run(other, import_command, tmp_path / "out")
    run(other, export_command, tmp_path / "again")
    assert (tmp_path / "again/redirects.json").read_bytes() == listed
    (tmp_path / "out/redirects.json").write_text("{")
    answer = other.test_cli_runner().invoke(import_command, [str(tmp_path / "out")])
    assert (answer.exit_code, "the redirects that it lists" in answer.output) == (1, True)


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_an_export_is_imported_as_it_was(app, other, make_page, tmp_path, target):
    for path, content in PAGES:
        make_page(
            path=path,
            title=content.title,
            text=content.text,
            kind=content.kind,
            tags=content.tags,
            fields=content.fields,
        )
    before = snapshot(app)
    assert len(before) == len(PAGES)
    assert f"{len(PAGES)} pages" in run(app, export_command, tmp_path / target)
    assert f"{len(PAGES)}  new" in run(other, import_command, tmp_path / target)
    assert snapshot(other) == before


def test_odd_rows_go_out_and_come_in_as_they_were_taken(app, other, tmp_path):
    rows = [
        {"fields": {"a\ud800": "\udfff\0", "list": ["\0", "\ud800", "\r\n"]}},
        {"fields": {"path": "p1", "title": "No", "kind": "guide", "tags": ["no"], "note": "yes"}},
        {"fields": {"\u2028": "\x85\x07\x7f", "": ["", "\ufeff", "\ufffe"]}},
        {"tags": ["c, c++", "[x]", "#y", "a: b", "null"]},
        {"tags": []},
        {"text": "---\ntags: [no]\n---\n\0\ud800"},
    ]
    pages = [{"path": f"p{n}", "title": "P", "text": "T", **row} for n, row in enumerate(rows)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, pages)))
    run(app, import_command, tmp_path / "in.jsonl")
    run(app, export_command, tmp_path / "out")
    assert f"{len(rows)}  new" in run(other, import_command, tmp_path / "out")
    assert snapshot(other) == snapshot(app)
    assert len(snapshot(app)) == len(rows)
    assert f"{len(rows)}  unchanged" in run(app, import_command, tmp_path / "out", "--update")


def test_a_file_is_what_other_programs_expect(app, make_page, tmp_path):
    make_page(path="db/redis", title="Redis", text="Text.\n", kind="technology", tags=["cache"])
    run(app, export_command, tmp_path / "out")
    assert (tmp_path / "out/db/redis.md").read_text() == (
        "---\ntitle: Redis\nkind: technology\ntags: [cache]\n---\n\nText.\n"
    )


def test_a_page_older_than_archives_can_tell_is_exported(app, make_page, tmp_path):
    make_page("old", text="From a history.\n")
    with app.app_context(), write_transaction() as session:
        session.execute(update(Page).values(updated_at=datetime(1970, 1, 1, tzinfo=UTC)))
    run(app, export_command, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.getinfo("old.md").date_time[:3] == (1980, 1, 1)


def test_a_surrogate_that_was_once_stored_keeps_no_page_from_going_out(
    app, client_of, make_page, tmp_path
):
    make_page(path="old", text="Text.\n", fields={"note": "MARK"})
    with app.app_context(), write_transaction() as session:
        session.execute(text("UPDATE revision SET fields = replace(fields, 'MARK', 'a\\ud800b')"))
    run(app, export_command, tmp_path / "out")
    assert "note: a?b\n" in (tmp_path / "out/old.md").read_text()
    assert client_of("selam").get("/edit/old").status_code == 200


def test_no_field_is_taken_for_what_a_page_has_itself(app, make_page, tmp_path):
    own = {"path": "elsewhere", "title": "No", "kind": "guide", "tags": ["no"]}
    make_page(path="here", title="Here", text="Text.\n", fields={**own, "note": "yes"})
    run(app, export_command, tmp_path / "out")
    found = read_markdown_page("here.md", (tmp_path / "out/here.md").read_text())
    assert (found.path, found.title, found.kind) == ("here", "Here", "page")
    assert not found.tags
    assert found.fields == {"note": "yes"}


def test_tags_that_were_taken_away_stay_away(app, make_page, tmp_path):
    from wiki.pages.writing.write import Edit, save_edit

    saved = make_page(path="a", title="A", text="Text.\n", tags=["gone"])
    before = snapshot(app)["a"]
    with app.app_context():
        save_edit(saved.page_id, Edit(replace(before, tags=()), 1), by=None)
    run(app, export_command, tmp_path / "out")
    with app.app_context():
        save_edit(saved.page_id, Edit(before, 2), by=None)
    assert "1  updated" in run(app, import_command, tmp_path / "out", "--update")
    assert snapshot(app)["a"].tags == ()


def test_deleted_pages_stay_out(app, make_page, tmp_path):
    from wiki.pages.writing.write import delete_page

    saved = make_page(path="gone")
    make_page(path="here")
    with app.app_context():
        delete_page(saved.page_id, base_revision=1, by=None)
    run(app, export_command, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["here.md"]


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_what_is_there_is_written_over_only_when_asked(app, make_page, tmp_path, target):
    make_page(path="a", text="New.\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    (tmp_path / "out.zip").write_bytes(b"mine")
    answer = app.test_cli_runner().invoke(export_command, [str(tmp_path / target)])
    assert answer.exit_code == 1
    assert "--overwrite" in answer.output
    assert (tmp_path / "out.zip").read_bytes() == b"mine"
    run(app, export_command, tmp_path / target, "--overwrite")
    assert (tmp_path / "out/mine.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_reported_in_words(app, make_page, tmp_path):
    make_page(path="a")
    (tmp_path / "file").write_text("x")
    answer = app.test_cli_runner().invoke(export_command, [str(tmp_path / "file/out.zip")])
    assert answer.exit_code == 1
    assert "can’t be written" in answer.output


def test_two_names_that_become_one_file_are_two_files(app, make_page, tmp_path):
    make_page(path="a:b", title="Colon")
    make_page(path="a*b", title="Star")
    run(app, export_command, tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["a_b-2.md", "a_b.md"]


NAMES = st.text(max_size=40)
VALUES = NAMES | st.lists(NAMES, max_size=3)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(NAMES, NAMES, st.text(), st.lists(NAMES, max_size=4), st.dictionaries(NAMES, VALUES))
def test_any_page_survives_a_file(path, title, text, tags, fields):
    fields = {name: value for name, value in fields.items() if name not in RESERVED_FIELDS}
    try:
        path = clean_path(path)
        content = clean_content(Content(title, text, "guide", tuple(tags), fields))
    except NameRefused:
        return
    name = file_of_path(path)
    found = read_markdown_page(name, write_markdown_page(path, content, name))
    assert found.path == path
    assert clean_content(found.content()) == content


@given(st.text(min_size=1, max_size=60))
def test_file_names_stay_inside_and_short(path):
    try:
        path = clean_path(path)
    except NameRefused:
        return
    name = file_of_path(path)
    for part in name.split("/"):
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= 255
        assert not set(part) & set('\\:*?"<>|\0')
    assert not path_of_file(name).startswith("/")
