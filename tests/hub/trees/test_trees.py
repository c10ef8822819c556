"""Folders written for other programs: their links, pictures, titles and names."""

import json
import os
import re
import zipfile
from base64 import b64encode
from urllib.parse import quote

import pytest

from tests.files.upload_forms import fetch, picture, send
from tests.hub.link_targets import links_of
from wiki.database import db
from wiki.files import write
from wiki.files.models import File
from wiki.hub.trees import archive_reader, file_import
from wiki.pages.models import Page, Redirect, Revision


def title_of(client, path):
    """The page's only heading of the first level."""
    (written,) = re.findall(r"<h1\b.*?</h1>", client.get(f"/wiki/{path}").text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", written).split())


def raw(client, path):
    return client.get(f"/raw/{quote(path)}").text


def test_sections_are_found_by_the_ids_of_other_programs(client, nexus_import, tree):
    nexus_import(
        tree(
            {
                "a.md": "# A\n\n[m](b.md#whats-new-now) [g](b.md#whats-new--now) [w](b.md#own)\n"
                "[t](b.md#the-title) [h](b.md#html) [o](b.md#What's%20new%20%26%20now)\n",
                "b.md": "# The title\n\n## What's new & now\n\n## Written {#own}\n\n"
                '<a name="html"></a> Text.\n',
            }
        )
    )
    found, missing = links_of(client, "a")
    assert missing == 0
    page = client.get("/wiki/b").text
    sections = [link.partition("#")[2] for link in found]
    assert sections[0] == sections[1] == sections[5] == "whats-new--now"
    assert sections[3] == ""
    assert "{#own}" not in page
    assert sections[2] == "written"
    for section in filter(None, sections):
        assert f'id="{section}"' in page


def test_what_stands_behind_a_heading_goes_and_code_stays(client, nexus_import, tree):
    text = '## A {: #a .b }\n\n```md\n## B {#b}\n```\n\n## C {x} {{y}}\n\n## D { id="9.7" } ##\n'
    nexus_import(tree({"a.md": text}))
    assert raw(client, "a") == "## A\n\n```md\n## B {#b}\n```\n\n## C {x} {{y}}\n\n## D\n"


def test_a_first_heading_that_is_the_title_stands_once(client, nexus_import, tree):
    texts = {
        "atx.md": "# The *one* title #\n\n## Part\n",
        "setext.md": "The `one` title\n===\n\n## Part\n",
        "id.md": "# The one title {#top .x}\n\n## Part\n",
        "matter.md": "---\ntitle: the one title\n---\n\n# The one title\n\n## Part\n",
    }
    nexus_import(tree(texts))
    for name in texts:
        assert title_of(client, name[:-3]).lower() == "the one title"
        assert '<h2 id="part">' in client.get(f"/wiki/{name[:-3]}").text
        assert raw(client, name[:-3]) == "## Part\n"


def test_what_of_a_folder_or_zip_is_not_read_is_reported(
    client, nexus_import, tree, monkeypatch, tmp_path
):
    files = {"a.md": "A.\n", "closed/b.md": "B.\n"}
    folder, archive = tree(files), tree(files, is_zip=True)
    monkeypatch.setattr(archive_reader, "ARCHIVE_FILES_LIMIT", 1)
    done = nexus_import(archive)
    assert (done.exit_code, "holds more than" in done.output) == (1, True)
    assert client.get("/wiki/a").status_code == 404
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    done = nexus_import(folder)
    assert (done.exit_code, "closed/: can’t be read" in done.output) == (1, True)
    assert raw(client, "a") == "A.\n"


def test_a_first_heading_that_is_another_one_stays(client, nexus_import, tree):
    text = "# Other\n\nText.\n"
    nexus_import(tree({"a.md": f"---\ntitle: The title\n---\n\n{text}", "b.md": "## Part\n"}))
    assert raw(client, "a") == text
    assert raw(client, "b") == "## Part\n"


@pytest.mark.parametrize("is_zip", [False, True])
def test_pictures_and_files_come_with_their_pages(app, client, nexus_import, tree, is_zip):
    files = {
        "a.md": "![a](img/a.png 'T') [pdf](x%20y.txt#L2) <img src=\"img/a.png\" alt='b'>\n"
        "[![c](img/a.png)](b.md) ![r][r]\n\n[r]: <img/c d.png>\n",
        "b.md": '![site](/img/site.png)\n\n<p align="center"><img src="img/a.png"></p>\n',
        "img/a.png": picture(),
        "img/c d.png": picture(size=(9, 9)),
        "static/img/site.png": picture(size=(8, 8)),
        "x y.txt": "Words.\n",
        "not linked.png": picture(),
        "c.md": "`![a](img/a.png)` ![gone](img/gone.png) ![out](../../secret.png)\n",
    }
    answer = nexus_import(tree(files, is_zip=is_zip))
    assert answer.exit_code == 0, answer.output
    assert "4  files that pages use" in answer.output
    assert "1  other files left alone" in answer.output
    page = client.get("/wiki/a").text
    assert page.count('<img src="/files/') == 4
    assert client.get("/wiki/b").text.count('<img src="/files/') == 2
    assert raw(client, "c") == files["c.md"]
    with app.app_context():
        found = {file.name: file for file in db.session.scalars(db.select(File))}
        page_id = db.session.scalar(db.select(Page.id).where(Page.path == "a"))
        assert set(found) == {"a.png", "c d.png", "site.png", "x y.txt"}
        assert found["x y.txt"].page_id == page_id
        assert found["a.png"].page_id is None  # two pages show it
        address = f"/files/{found['x y.txt'].id}/x%20y.txt"
    assert f"[pdf]({address}#L2)" in raw(client, "a")
    assert fetch(client, address).data == b"Words.\n"


def test_pictures_that_stand_in_a_text_become_files(client, nexus_import, tree, tmp_path):
    inlined = f"data:image/png;base64,{b64encode(picture()).decode()}"
    text = f"![a]({inlined}) `![b](data:image/png;base64,x)` ![c](data:image/png;base64,AAAA)\n"
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"path": "b", "text": text}))
    for path, name in ((tree({"a.md": text}), "a"), (rows, "b")):
        answer = nexus_import(path)
        assert "data:image/png;base64,AAAA" in answer.output
        assert client.get(f"/wiki/{name}").text.count('<img src="/files/') == 1
        assert inlined not in raw(client, name)
        assert "`![b](data:image/png;base64,x)`" in raw(client, name)


def test_an_import_with_pictures_that_is_run_again_changes_nothing(app, nexus_import, tree):
    root = tree({"a.md": "![a](a.png) ![[b.png]]\n", "a.png": picture(), "x/b.png": picture()})
    nexus_import(root)
    again = nexus_import(root)
    assert "1  unchanged" in again.output
    (root / "a.md").write_text("![a](a.png) ![c](c.png)\n")
    (root / "c.png").write_bytes(picture(size=(5, 5)))
    assert "1  updated" in nexus_import(root, "--update").output
    with app.app_context():
        assert db.session.query(File).count() == 3
        assert db.session.query(Revision).count() == 2


def test_of_files_that_differ_in_case_the_one_is_meant_that_is_written(client, nexus_import, tree):
    files = {
        "a.md": "![](Logo.txt) ![](logo.txt) [](img/LOGO.TXT) [[PLAN.txt]] [[plan.txt]] [](b)\n",
        **{"Logo.txt": "L", "logo.txt": "l", "img/LOGO.TXT": "I", "img/logo.txt": "i"},
        **{"x/PLAN.txt": "P", "x/plan.txt": "p", "B.txt": "No page.\n", "b.md": "Page.\n"},
    }
    nexus_import(tree(files))
    found = re.findall(r"\((/files/[0-9]+/[^)]*)\)", raw(client, "a"))
    assert [fetch(client, address).data for address in found] == [b"L", b"l", b"I", b"P", b"p"]
    assert raw(client, "a").endswith("[](b)\n")


VAULT = {
    ".obsidian/app.json": "{}",
    "node_modules/x/readme.md": "no",
    "Home.md": "# Welcome home\n\n[[My Note]] [[My Note#A part|part]] [[Deep/Other note]] "
    "![[pic one.png|100]]\n[m](My%20Note.md#A%20part)\n\n| a |\n|---|\n| [[Twin\\|t]] |\n",
    "Deep/My Note.md": "## A part\n\n[[Home]] [[Other note]] [[paper.txt]] [[Twin]]\n",
    "Deep/Other note.md": "# A title of its own\n\n[[My Note]]\n",
    "Deep/Twin.md": "Here.\n",
    "Twin.md": "There.\n",
    "Attachments/pic one.png": picture(),
    "Attachments/paper.txt": "Paper.\n",
}


def test_a_vault_comes_in_with_its_links_and_pictures(client, nexus_import, tree):
    answer = nexus_import(tree(VAULT))
    assert answer.exit_code == 0, answer.output
    assert "5  new" in answer.output
    assert "2  folders left out" in answer.output
    note = "/wiki/Deep/My-Note"
    assert links_of(client, "Home") == (
        [note, f"{note}#a-part", "/wiki/Deep/Other-note", f"{note}#a-part", "/wiki/Twin"],
        0,
    )
    assert 'width="100"' in client.get("/wiki/Home").text
    found, missing = links_of(client, "Deep/My-Note")
    assert (found, missing) == (["/wiki/Home", "/wiki/Deep/Other-note", "/wiki/Deep/Twin"], 0)
    assert "/paper.txt)" in raw(client, "Deep/My-Note")
    # What leads there as it is written stays so.
    assert "[[My Note]]" in raw(client, "Home")


def test_of_a_page_and_its_folders_index_both_come_in(client, nexus_import, tree):
    root = tree(
        {
            "guide.md": "# One\n\n[i](guide/index.md)\n",
            "guide/index.md": "# Two\n\n[r](README.md)\n",
            "b/README.md": "# Three\n",
            "b/index.md": "# Four\n\n[r](README.md)\n",
        }
    )
    answer = nexus_import(root)
    assert answer.exit_code == 0, answer.output
    assert links_of(client, "guide") == (["/wiki/guide/index"], 0)
    assert title_of(client, "b") == "Four"
    assert links_of(client, "b") == (["/wiki/b/README"], 0)


def test_front_matter_of_other_programs_is_read(app, client, nexus_import, tree):
    nexus_import(
        tree(
            {
                "toml.md": '+++\ntitle = "T"\ntags = ["x", "y z"]\nn = 3\nok = true\n+++\nText.\n',
                "json.md": '{\n  "title": "J",\n  "tags": ["j"]\n}\n\nText.\n',
                "spaces.md": "---\ntags: one two\naliases: [/old/place/]\n---\nText.\n",
                "commas.md": "---\ntags: deep learning, ai\nredirect_from: /was.html\n---\nText.\n",
                "docs/Mock.md": "---\nid: mock-functions\n---\nText.\n",
                "brace.md": "{\n not JSON\n}\n",
            }
        )
    )
    with app.app_context():
        pages = {
            row.path: (row.title, row.tags, row.fields)
            for row in db.session.scalars(db.select(Revision))
        }
        assert pages["toml"] == ("T", ["x", "y z"], {"n": "3", "ok": "true"})
        assert pages["json"][:2] == ("J", ["j"])
        assert pages["spaces"][1] == ["one", "two"]
        assert pages["commas"][1] == ["deep learning", "ai"]
        assert db.session.query(Redirect).count() == 3
    for former, path in (
        ("old/place", "spaces"),
        ("was", "commas"),
        ("docs/mock-functions", "docs/Mock"),
    ):
        assert client.get(f"/wiki/{former}").location.endswith(f"/wiki/{path}")
    assert raw(client, "brace") == "{\n not JSON\n}\n"


def test_what_cannot_be_taken_is_named_with_its_reason(client, nexus_import, tree):
    answer = nexus_import(
        tree(
            {
                f"{'x' * 101}.md": "Text.\n",
                "binary.md": bytes(range(256)),
                "long.md": "---\ntitle: " + "x" * 201 + "\n---\nText.\n",
                "a.md": "![x](broken.png) [v](film.mp4)\n",
                "broken.png": b"\x89PNG\r\n\x1a\nbroken",
                "film.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(50),
                "heading.md": f"# {'y' * 300}\n\nText.\n",
            }
        )
    )
    assert answer.exit_code == 1
    lines = {line.partition(":")[0].partition(" (")[0]: line for line in answer.output.splitlines()}
    assert "name that is too long" in lines[f"{'x' * 101}.md"]
    assert "holds bytes that are not text" in lines["binary.md"]
    assert "title longer than 200" in lines["long.md"]
    assert "damaged" in lines["broken.png"]
    assert "isn’t accepted" in lines["film.mp4"]
    assert "2  new" in answer.output
    assert raw(client, "a") == "![x](broken.png) [v](film.mp4)\n"
    assert "y" * 300 in client.get("/wiki/heading").text


def test_nothing_behind_a_link_is_read(app, client, nexus_import, tree, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("A secret.\n")
    (outside / "secret.png").write_bytes(picture())
    (outside / "page.md").write_text("A secret page.\n")
    index = (
        '[{"id":1,"name":"secret.txt","page":"a"},{"id":2,"name":"key.txt","page":""},'
        '{"id":3,"name":"ok.txt"},{"id":4,"name":"../../outside/secret.txt"}]'
    )
    root = tree(
        {
            "a.md": "![p](p.png) [f](linked/secret.txt) [o](../outside/secret.txt) [k](pipe.txt)\n",
            "files/index.json": index,
            "files/3/ok.txt": "Fine.\n",
        }
    )
    (root / "files/1").symlink_to(outside)
    (root / "files/2").mkdir()
    (root / "files/2/key.txt").symlink_to(outside / "secret.txt")
    (root / "p.png").symlink_to(outside / "secret.png")
    (root / "linked").symlink_to(outside)
    (root / "leak.md").symlink_to(outside / "page.md")
    answer = nexus_import(root)
    assert answer.exit_code == 1
    for name in ("files/1/secret.txt", "files/2/key.txt", "p.png", "linked", "leak.md"):
        assert f"{name}: is a symbolic link" in answer.output, answer.output
    assert "1 new files" in answer.output
    assert client.get("/wiki/leak").status_code == 404
    with app.app_context():
        assert [file.name for file in db.session.scalars(db.select(File))] == ["ok.txt"]


@pytest.mark.parametrize("linked", ["files", "files/index.json"])
def test_an_exports_list_behind_a_link_is_not_read(app, nexus_import, tree, tmp_path, linked):
    outside = tmp_path / "outside"
    (outside / "1").mkdir(parents=True)
    (outside / "1/a.txt").write_text("A secret.\n")
    (outside / "index.json").write_text('[{"id": 1, "name": "a.txt"}]')
    root = tree({"a.md": "Text.\n"})
    if linked == "files":
        (root / linked).symlink_to(outside)
    else:
        (root / "files").mkdir()
        (root / linked).symlink_to(outside / "index.json")
    answer = nexus_import(root)
    assert answer.exit_code == 1
    assert "index.json: is a symbolic link" in answer.output
    with app.app_context():
        assert db.session.query(File).count() == 0


def test_links_in_a_zip_are_none_of_its_files(app, client, nexus_import, tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("leak.md", "p.png"):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
        archive.writestr("a.md", "![p](p.png)\n")
    answer = nexus_import(path)
    assert answer.exit_code == 1
    assert "leak.md: is a symbolic link" in answer.output
    assert client.get("/wiki/leak").status_code == 404
    with app.app_context():
        assert db.session.query(File).count() == 0


def test_a_file_that_is_sent_meanwhile_takes_no_picture_away(
    client, client_of, nexus_import, tree, monkeypatch
):
    send(client_of("selam"), ("mine.txt", b"Mine.\n"))
    taken = iter([1])  # what was free when the import asked
    monkeypatch.setattr(
        file_import, "next_file_id", lambda after: next(taken, 0) or write.next_file_id(after)
    )
    answer = nexus_import(tree({"a.md": "![a](a.png)\n", "a.png": picture()}))
    assert answer.exit_code == 0, answer.output
    assert '<img src="/files/2/a.png' in client.get("/wiki/a").text
    assert fetch(client, "/files/1/mine.txt").data == b"Mine.\n"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Un café, des élèves"),
        ("utf-16", "Un café, des élèves"),
        ("utf-8-sig", "Un café, des élèves"),
        ("cp1251", "Это страница о том, как учиться вместе и не бояться ошибок."),
        ("shift_jis", "これは日本語で書かれたページです。みんなで学びましょう。"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_in(client, nexus_import, tree, encoding, words):
    answer = nexus_import(tree({"a.md": f"# A\n\n{words}\n".encode(encoding)}))
    assert answer.exit_code == 0
    assert raw(client, "a") == f"{words}\n"
