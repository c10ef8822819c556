"""The hub in one file: what is in it for whom, and that nothing else runs in it."""

import base64
import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.files.upload_forms import picture, send
from tests.hub.offline.opened_file import OpenedFile
from wiki.access.models import Rank
from wiki.hub.offline import download
from wiki.hub.transfer.export_command import export_command
from wiki.hub.transfer.single import pictures
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

Opened = Callable[..., OpenedFile]

TEXT = """\
## Über Ḥäräg

[[a/b/deep|down]], [[Hidden plan]], [here](#über-ḥäräg), [out](https://example.org), [tag](/tags/x)

[[map.pdf]] ![[map.png]] `<a href="/wiki/a/b/deep">` </script><!--

![x](map.png)
"""


@pytest.fixture
def wiki(app: Flask, client_of: Any, make_page: Any) -> Flask:
    selam = client_of("selam")
    make_page("a/b/deep", title="Deep", text="Under [[Start]].\n", tags=["ዳታ base"])
    make_page("start", title="Start", text=TEXT)
    send(selam, ("map.png", picture()), page="start")
    make_page("hidden/plan", title="Hidden plan", text="A secretword.\n", tags=["secrettag"])
    make_page("club/rules", title="Club rules", text="For membersonly.\n")
    with app.app_context():
        set_rule("hidden", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        set_rule("club", RuleTerms(read_rank=Rank.SIGNED_IN, edit_rank=Rank.ADMIN), by=None)
    return app


def test_pages_their_links_and_pictures_are_in_it(wiki: Flask, client: Any, opened: Opened) -> None:
    file = opened(client)
    assert list(file.pages) == ["a/b/deep", "start"]
    start = file.pages["start"]
    assert start["text"] == TEXT
    assert start["hash"] == hashlib.sha256(TEXT.encode()).hexdigest()
    html = start["html"]
    assert 'href="#/a/b/deep"' in html
    assert 'href="#/start#' in html
    assert 'href="#tag:x"' in html
    assert 'class="wikilink missing" href="#new:' in html  # what is hidden is not there
    assert 'href="https://example.org" rel="' in html
    assert html.count('<img data-file="1"') == 2
    assert "src=" not in html
    shown = html.replace("<wbr>", "")
    assert "&lt;a href=&quot;/wiki/a/b/deep&quot;" in shown  # it stays as it was written
    assert set(file.pictures) == {1}
    assert file.facts["pictures"] == 1
    assert file.facts["leftOut"] == 0
    assert file.words["harag"] == "6"  # of the second page, in a heading
    assert file.words["deep"].split()[0] == "3"  # of the first one, in its title
    assert '<script type="text/plain"' in file.html
    assert file.html.count("</script><!--") == 0


def test_nothing_is_in_it_that_its_reader_may_not_read(
    wiki: Flask, client: Any, client_of: Any, opened: Opened
) -> None:
    hidden, club = ("secretword", "secrettag"), ("membersonly",)
    for person, shown, left_out in (
        (client, (), (*hidden, *club)),
        (client_of("abel"), club, hidden),
        (client_of("mimi", role="admin"), (*hidden, *club), ()),
    ):
        file = opened(person)
        assert [word for word in shown if word not in file.unpacked] == []
        assert [word for word in left_out if word in file.unpacked] == []


def test_it_is_a_download_in_which_one_script_runs(
    wiki: Flask, client: Any, opened: Opened
) -> None:
    answer = client.get("/offline/hub.html")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=nexus-")
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    html = answer.text
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    policy = unescape(found[1])
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[kind] == f"'sha256-{digest}'"
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert not re.findall(r"<[^<>]* (?:style|on\w+)=", html)
    assert not re.findall(r' (?:src|href)="(?!#)(?!http://localhost")[^"]*"', html[:90_000])


def test_a_part_of_the_wiki_and_too_much_of_it(
    wiki: Flask, client: Any, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(opened(client, below="A/B").pages) == ["a/b/deep"]
    assert client.get("/offline/hub.html?below=hidden").status_code == 404
    assert client.get("/offline/hub.html?below=%00").status_code == 404
    monkeypatch.setattr(download, "MAX_PAGES", 1)
    answer = client.get("/offline/hub.html")
    assert answer.status_code == 413
    assert "at most" in answer.text
    assert list(opened(client, below="start").pages) == ["start"]


def test_pictures_that_have_no_room_are_left_out(
    wiki: Flask, client: Any, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "TOTAL_LIMIT", 10)
    file = opened(client)
    assert not file.pictures
    assert file.facts["leftOut"] == 1


def test_the_command_writes_it_for_an_audience_or_a_person(
    wiki: Flask, tmp_path: Path, make_user: Any
) -> None:
    make_user("mimi", role="admin")

    def export(*options: str) -> Any:
        asked = ["--single", str(tmp_path / "hub.html"), *options]
        return wiki.test_cli_runner().invoke(export_command, asked)

    said = export().output
    assert "2 pages and 1 picture are in" in said
    assert set(OpenedFile((tmp_path / "hub.html").read_text()).pages) == {"a/b/deep", "start"}
    assert export("--as", "mimi").exit_code == 1  # the file is there
    assert export("--as", "nobody", "--overwrite").exit_code == 1
    assert export("--as", "mimi", "--overwrite").exit_code == 0
    assert "hidden/plan" in OpenedFile((tmp_path / "hub.html").read_text()).pages
    assert export("--audience", "members", "--overwrite").exit_code == 0
    assert "club/rules" in OpenedFile((tmp_path / "hub.html").read_text()).pages
    assert [file.name for file in tmp_path.glob("*hub.html*")] == ["hub.html"]
