"""`nexus export --html`: a site whose links are files that are there, for one audience."""

import json
import posixpath
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask

from tests.files.upload_forms import picture, send
from tests.hub.transfer.test_export import run
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.hub.transfer.export_command import export_command
from wiki.hub.transfer.site.builder import SiteBuilder
from wiki.hub.transfer.site.search_index import words_of
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

TEXT = """\
## Über Ḥäräg

[[Hidden plan]], [[a/b/deep|down]], [[Not written]], [[a#part]] and [out](https://example.org).

![[map.png]] ![x](map.png) [[map.png]]

![[a/b/deep]]
"""


@pytest.fixture
def wiki(app: Flask, client_of: Any, make_page: Any) -> Flask:
    """Pages in folders, a picture, a tag, and what only members and administrators read."""
    selam = client_of("selam")
    make_page("a/b/deep", title="Deep", text="Under [[Start]].\n", tags=["ዳታ base"])
    make_page("A.html/x", title="A folder's name", text="Words.\n")
    make_page("start", title="Start", text=TEXT)
    send(selam, ("map.png", picture()), page="start")
    make_page("hidden/plan", title="Hidden plan", text="A secret word.\n", tags=["secret tag"])
    make_page("club/rules", title="Club rules", text="For members.\n")
    send(selam, ("secret.png", picture("PNG", (3, 3))), page="hidden/plan")
    with app.app_context():
        set_rule("hidden", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        set_rule("club", RuleTerms(read_rank=Rank.SIGNED_IN, edit_rank=Rank.ADMIN), by=None)
    return app


def built(app: Flask, folder: Path, *options: str) -> dict[str, str]:
    run(app, export_command, folder, "--html", *options)
    files = [file for file in folder.rglob("*") if file.suffix in (".html", ".js")]
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def test_every_link_leads_to_a_file_that_is_there(wiki: Flask, tmp_path: Path) -> None:
    site = built(wiki, tmp_path / "out")
    for name, html in site.items():
        for found in re.findall(r' (?:href|src|srcset)="([^"]*)"', html):
            address = unescape(found)
            if address.startswith(("#", "https://")):
                continue
            assert not address.startswith("/"), f"{address} in {name}"
            path = unquote(urlsplit(address).path)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            assert (tmp_path / "out" / target).is_file(), f"{address} in {name}"
    start = site["wiki/start.html"]
    assert 'href="a/b/deep.html"' in start
    assert start.count('src="../files/1/map.png"') == 2
    assert '<a class="wikilink missing" title="Not written yet" rel="nofollow">Not written' in start
    assert "Under" in start  # what it embeds
    assert 'href="b.html"' in site["wiki/a.html"] or 'href="a/b.html"' in site["wiki/a.html"]
    assert "wiki/A.html_/x.html" in site


@pytest.mark.parametrize(
    ("audience", "shown"), [("public", ()), ("members", ("Club",)), ("everything", ("Club", "Hid"))]
)
def test_nothing_shows_that_the_audience_may_not_read(
    wiki: Flask, tmp_path: Path, audience: str, shown: tuple[str, ...]
) -> None:
    everything = "".join(built(wiki, tmp_path / "out", "--audience", audience).values())
    names = " ".join(file.as_posix() for file in (tmp_path / "out").rglob("*"))
    assert ("Club rules" in everything) is ("Club" in shown)
    for told in ("secret word", "secret tag"):
        assert (told in everything) is ("Hid" in shown)
    assert ("secret.png" in names) is ("Hid" in shown)
    assert ("hidden" in names) is ("Hid" in shown)


def test_pages_run_no_scripts_but_the_search(wiki: Flask, tmp_path: Path) -> None:
    for name, html in built(wiki, tmp_path / "out").items():
        if not name.endswith(".html"):
            continue
        policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
        assert policy[0].startswith("default-src 'none';")
        assert ("script-src" in policy[0]) is ("<script" in html) is (name == "search.html")


def test_the_index_has_every_word_of_every_page(wiki: Flask, tmp_path: Path) -> None:
    script = built(wiki, tmp_path / "out.d")["static/site/index.js"]
    index = json.loads(script.removeprefix("window.wikiIndex=").removesuffix(";\n"))
    titles = [title for _, title, _ in index["pages"]]
    assert sorted(titles) == ["A folder's name", "Deep", "Start"]
    assert words_of("Über Ḥäräg 漢字 x_y") == ["uber", "harag", "漢", "字", "x", "y"]
    steps = index["words"]["harag"]
    assert [titles[sum(steps[: n + 1])] for n in range(len(steps))] == ["Start"]
    assert len(index["words"]["under"]) == 2


def test_what_is_found_is_told_as_it_is_read(wiki: Flask, make_page: Any, tmp_path: Path) -> None:
    make_page("words", kind="glossary", text="session\n: What a server knows.\n")
    make_page("told", text="## A *part*\n\n**Sessions**, H~2~O, one[^1].\n\n[^1]: Foot.\n")
    script = built(wiki, tmp_path / "out.d")["static/site/index.js"]
    index = json.loads(script.removeprefix("window.wikiIndex=").removesuffix(";\n"))
    told = {address: summary for address, _, summary in index["pages"]}
    assert told["wiki/told.html"].startswith("A part Sessions, H2O, one 1")


@pytest.mark.settings(public_reading=False)
def test_a_wiki_for_members_has_nothing_public(wiki: Flask, tmp_path: Path) -> None:
    asked = [str(tmp_path / "out"), "--html"]
    answer = wiki.test_cli_runner().invoke(export_command, asked)
    assert answer.exit_code == 1
    assert "--audience members" in answer.output
    assert "wiki/start.html" in built(wiki, tmp_path / "out", "--audience", "members")


def test_pages_that_are_renamed_meanwhile(app: Flask, make_page: Any) -> None:
    ids = [make_page(path, text=f"About {path}.\n").page_id for path in ("a", "b", "c")]
    written: dict[str, str] = {}

    def write(name: str, content: Any, _at: Any) -> None:
        written[name] = content.read().decode()

    def rename(done: int) -> None:
        if done != 1:
            return
        for page_id, path in zip(ids[1:], ("later", "elsewhere"), strict=True):
            rename_page(page_id, RenameRequest("Later", path, 1), by=None)
        make_page("c", text="A newcomer.\n")

    with app.app_context():
        assert SiteBuilder(Viewer(None), [], write).build(rename) == (2, 0)
    assert "About b." in written["wiki/b.html"]
    assert "wiki/c.html" not in written
    index = written["static/site/index.js"].removeprefix("window.wikiIndex=").removesuffix(";\n")
    assert [name for name, *_ in json.loads(index)["pages"]] == ["wiki/a.html", "wiki/b.html"]
