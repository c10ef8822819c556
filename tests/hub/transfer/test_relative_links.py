"""`nexus export --links relative`: links as they work on GitHub, in Obsidian and MkDocs."""

import json
import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from tests.files.upload_forms import picture, send
from tests.hub.transfer.test_export import run, snapshot
from tests.person import Person
from wiki.database import schema
from wiki.git.import_command import import_command
from wiki.hub.transfer.export_command import export_command


@pytest.fixture
def selam(client_of: Any) -> Person:
    """A learner."""
    person: Person = client_of("selam")
    return person


def exported(app: Flask, folder: Path) -> dict[str, str]:
    """The texts of the files, without their front matter."""
    run(app, export_command, folder, "--links", "relative")
    files = sorted(folder.rglob("*.md"))
    return {
        file.relative_to(folder).as_posix(): file.read_text().partition("\n---\n\n")[2]
        for file in files
    }


CASES = {
    "[[Redis]]": "[Redis](../tools/redis.md)",
    "[[tools/redis|the *store*]]": r"[the \*store\*](../tools/redis.md)",
    "[[Redis#Data types]]": "[Redis § Data types](../tools/redis.md#data-types)",
    "[[#Here]]": "[Here](#here)",
    "[[Old name]]": "[Old name](../tools/redis.md)",
    "[[Not written]]": "[[Not written]]",
    "[x](/wiki/tools/redis#data-types 'T')": "[x](../tools/redis.md#data-types 'T')",
    "[x](../tools/redis)": "[x](../tools/redis.md)",
    "[x](<lists>)": "[x](<lists.md>)",
    "[x](lists.md)": "[x](lists.md)",
    "[x](/wiki/missing)": "[x](/wiki/missing)",
    "[x](/search?q=a)": "[x](/search?q=a)",
    "[x](https://example.org)": "[x](https://example.org)",
    "[x](#here)": "[x](#here)",
    "![[Redis]]": "[Redis](../tools/redis.md)",
    "`[[Redis]]`": "`[[Redis]]`",
    "[x][r]\n\n[r]: /wiki/tools/redis": "[x][r]\n\n[r]: ../tools/redis.md",
    "| a |\n|---|\n| [[Redis\\|r]] |": "| a |\n|---|\n| [r](../tools/redis.md) |",
}


def test_links_lead_from_file_to_file(
    app: Flask, selam: Person, make_page: Any, tmp_path: Path
) -> None:
    make_page("tools/former", title="Old name", text="## Data types\n")
    selam.post_form("/rename/tools/former", title="Redis", path="tools/redis", base_revision="1")
    make_page("concepts/lists", title="Lists")
    for number, text in enumerate(CASES):
        make_page(f"concepts/case-{number}", title=f"Case {number}", text=f"{text}\n")
    texts = exported(app, tmp_path / "out")
    made = {t: texts[f"concepts/case-{n}.md"].removesuffix("\n") for n, t in enumerate(CASES)}
    assert made == CASES


@pytest.fixture
def with_files(app: Flask, selam: Person, make_page: Any) -> int:
    """A page that shows its picture in every way; the picture's id."""
    make_page("guides/deep/plan", title="Plan", text="x\n")
    send(selam, ("a plan.png", picture()), page="guides/deep/plan")
    address = "/files/1/a%20plan.png"
    text = (
        f"![A]({address})\n\n![A](<a plan.png>)\n\n![[a plan.png|300]]\n\n[[a plan.png]]\n\n"
        f'<img src="{address}?width=300" alt="x">\n\n[all]({address}?v=0123456789)\n'
    )
    selam.post_form("/edit/guides/deep/plan", title="Plan", text=text, base_revision="1")
    return 1


def test_pictures_and_files_are_beside_the_texts(
    app: Flask, with_files: int, tmp_path: Path
) -> None:
    text = exported(app, tmp_path / "out")["guides/deep/plan.md"]
    address = f"../../files/{with_files}/a%20plan.png"
    assert text.split("\n\n") == [
        f"![A]({address})",
        f"![A](<{address}>)",
        f"![]({address})",
        f"[a plan.png]({address})",
        f'<img src="{address}" alt="x">',
        f"[all](/files/{with_files}/a%20plan.png?v=0123456789)\n",
    ]
    folder = tmp_path / "out"
    for found in re.findall(r"[(<\"](\.\./[^)>\"]+)", text):
        assert (folder / posixpath.normpath(f"guides/deep/{unquote(found)}")).is_file()


def test_it_comes_back_with_its_links_and_files(
    app: Flask, make_app: Any, with_files: int, make_page: Any, tmp_path: Path
) -> None:
    make_page("start", title="Start", text="[[Plan]] and [plan](/wiki/guides/deep/plan)\n")
    exported(app, tmp_path / "out")
    (tmp_path / "other").mkdir()
    address = f"sqlite:///{tmp_path}/other.sqlite3"
    other = make_app(database_url=address, instance=tmp_path / "other")
    schema.upgrade(other)
    assert "1 new files" in run(other, import_command, tmp_path / "out")
    texts = {path: content.text for path, content in snapshot(other).items()}
    assert texts["start"] == "[Plan](guides/deep/plan.md) and [plan](guides/deep/plan.md)\n"
    assert 'href="/wiki/guides/deep/plan"' in other.test_client().get("/wiki/start").text
    page = other.test_client().get("/wiki/guides/deep/plan").text
    assert page.count(f'src="/files/{with_files}/a%20plan.png') == 4
    assert len(json.loads((tmp_path / "out/files/index.json").read_text())) == 1
