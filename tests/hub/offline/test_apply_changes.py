"""Giving changes back: merged, proposed, refused, and the same file once more."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.hub.offline.conftest import MINE, TEXT, change
from tests.hub.offline.opened_file import OpenedFile
from wiki.access.models import Rank
from wiki.hub.offline import change_file
from wiki.hub.offline.apply_command import apply_command
from wiki.hub.offline.change_file import MAX_PAGES
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.write import delete_page


def revisions(client: Any, path: str) -> int:
    return int(client.get(f"/api/v1/pages/{path}").json["revision"])


def test_each_page_is_saved_merged_created_or_a_conflict(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    change(app, pages["b"], TEXT.replace("last", "very last"))
    change(app, pages["c"], TEXT.replace("Another", "Their"))
    sent = file.changes(
        file.changed("a", text=MINE, tags=["one", "two"], summary="Said better"),
        file.changed("b", text=MINE),
        file.changed("c", text=MINE),
        file.changed("d"),
        {"title": "A new page", "path": "new/one", "text": "New.\n", "tags": [], "summary": ""},
    )
    answer = apply_changes(selam, sent)
    assert answer.status_code == 200
    assert "1 page still needs your attention." in answer.text
    assert selam.get("/raw/a").text == MINE
    assert "Said better" in selam.get("/history/a").text
    assert 'href="/tags/two"' in selam.get("/wiki/a").text
    merged = MINE.replace("last", "very last")
    assert selam.get("/raw/b").text == merged
    assert ">Meanwhile</bdi></h1>" in selam.get("/wiki/b").text  # whose title it didn't change
    assert selam.get("/raw/c").text == TEXT.replace("Another", "Their")
    assert selam.get("/raw/new/one").text == "New.\n"

    # The conflict is the ordinary one, and saving it discards its draft.
    choose = answer.text.partition("/offline/conflicts/")[2].partition('"')[0]
    shown = selam.get(f"/offline/conflicts/{choose}")
    form = selam.form_in(shown, "/offline/conflicts/", has="choice-0")
    saved = form.submit(**{"choice-0": "both", "action": "resolve"})
    assert saved.status_code == 303
    assert selam.get("/raw/c").text.count("line.") == 3
    assert selam.get(f"/drafts/{choose}").status_code == 404

    counts = {path: revisions(selam, path) for path in ("a", "b", "c", "d", "new/one")}
    others = [page for page in json.loads(sent)["pages"] if page["path"] != "c"]
    again = apply_changes(selam, file.changes(*others))
    assert again.text.count("already up to date") == 4
    assert {path: revisions(selam, path) for path in counts} == counts


def test_what_was_changed_since_it_was_given_back_stays(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    new = {"title": "New", "path": "new", "text": "New.\n"}
    sent = file.changes(file.changed("a", text=MINE), new)
    apply_changes(selam, sent)
    change(app, pages["a"], TEXT, base=2)
    with app.app_context():
        from wiki.access.permissions import anonymous_viewer
        from wiki.pages.queries.page_queries import visible_page

        new_id = visible_page(anonymous_viewer(), "new").id
    change(app, new_id, "Newer.\n")
    assert apply_changes(selam, sent).text.count("already up to date") == 2
    assert selam.get("/raw/a").text == TEXT
    assert selam.get("/raw/new").text == "Newer.\n"


def test_who_may_only_read_proposes_once(
    client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    abel = client_of("abel")
    file: OpenedFile = opened(abel)
    sent = [file.changed(path, text=MINE) for path in ("kept/e", "kept/f")]
    sent += [{"title": "G", "path": "kept/g", "text": "New.\n"}]
    answer = apply_changes(abel, file.changes(*sent, file.changed("a", text=MINE)))
    assert answer.text.count('href="/proposals/1"') == 3
    assert abel.get("/raw/kept/e").text == TEXT
    assert abel.get("/raw/a").text == MINE
    again = apply_changes(abel, file.changes(*sent))
    assert again.text.count('href="/proposals/1"') == 3
    assert abel.get("/proposals/2").status_code == 404
    other = apply_changes(abel, file.changes(file.changed("kept/e", text=f"{MINE}More.\n")))
    assert 'href="/proposals/1"' in other.text
    assert "More." in abel.get("/proposals/1").text


def test_what_cannot_be_taken_is_kept_as_a_draft(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    with app.app_context():
        delete_page(pages["a"], base_revision=1, by=None)
        set_rule("d", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    sent = file.changes(
        file.changed("a", text="Of a deleted page.\n"),
        file.changed("d", text="Of a closed page.\n"),
        file.changed("b", text=MINE, hash="0" * 64),
        file.changed("c", title="x" * 201),
        {"title": "Closed", "path": "closed/page", "text": "At a closed place.\n"},
        {"title": "C", "path": "c", "text": "Another page there.\n"},
    )
    answer = apply_changes(selam, sent)
    assert "6 pages still need your attention." in answer.text
    assert answer.text.count("or you may not see it any more") == 2
    assert "isn’t based on any version" in answer.text
    assert selam.get("/raw/b").text == TEXT
    drafts = selam.get("/drafts").text
    assert drafts.count('href="/drafts/') == 12
    apply_changes(selam, sent)
    assert selam.get("/drafts").text.count('href="/drafts/') == 12


def test_after_a_restore_the_text_is_the_base_not_the_number(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    change(app, pages["a"], TEXT.replace("last", "very last"))
    change(app, pages["a"], "Something else altogether.\n", base=2)
    changed = file.changed("a", text=MINE, base=3)  # as if it had been the third there
    assert "needs you" in apply_changes(selam, file.changes(changed)).text
    assert selam.get("/raw/a").text == "Something else altogether.\n"


SIZE = 120_000  # bytes of a file

BAD_FILES: dict[str, tuple[str | bytes, int, str]] = {
    "nothing": (b"", 422, "Choose the file"),
    "no JSON": (b"\xff\xfe\x00", 422, "isn’t a file of changes"),
    "deep": (b"[" * 100_000, 422, "isn’t a file of changes"),
    "a number": (b"1" * 10_000, 422, "isn’t a file of changes"),
    "the hub": (b"\n<!doctype html><html>", 422, "This is the hub itself"),
    "another format": (b'{"format": "else"}', 422, "isn’t a file of changes"),
    "no version": (b'{"format": "nexus-changes"}', 422, "damaged"),
    "too large": (b" " * SIZE + b"{}", 413, "larger than 8 MB"),
}
BAD_PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "newer": ({"version": 2}, "newer version"),
    "no hub": ({"hub": None}, "damaged"),
    "another hub": (
        {"hub": {"name": "Other", "address": "https://o.example", "mark": "x.y"}},
        "belong to another hub: Other https://o.example",
    ),
    "a mark that is no text": ({"hub": {"mark": "\ud800"}}, "another hub"),
    "what was given back is no page": ({"pages": [{"title": "T", "given": 1}]}, "damaged"),
    "no list": ({"pages": {}}, "damaged"),
    "no pages": ({"pages": []}, "no changes in this file"),
    "many": ({"pages": [{}] * (MAX_PAGES + 1)}, "more than 100 pages"),
    "no page": ({"pages": [1]}, "damaged"),
    "a text of numbers": ({"pages": [{"title": "T", "text": 1}]}, "damaged"),
    "tags": ({"pages": [{"title": "T", "tags": [1]}]}, "damaged"),
    "an id": ({"pages": [{"id": True, "base": 1, "hash": "0" * 64}]}, "damaged"),
    "a large id": ({"pages": [{"id": 2**40, "base": 1, "hash": "0" * 64}]}, "damaged"),
    "no base": ({"pages": [{"id": 1, "hash": "0" * 64}]}, "damaged"),
    "no hash": ({"pages": [{"id": 1, "base": 1, "hash": "0"}]}, "damaged"),
}


def test_what_is_no_file_of_changes_is_refused_whole(
    client_of: Any,
    make_page: Any,
    opened: Any,
    apply_changes: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(change_file, "MAX_BYTES", SIZE)
    make_page("a", text=TEXT)
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    for name, (raw, status, words) in BAD_FILES.items():
        answer = apply_changes(selam, raw)
        assert (answer.status_code, words in answer.text) == (status, True), name
    good = file.changed("a", text=MINE)
    for name, (part, words) in BAD_PARTS.items():
        more = {**part}
        if isinstance(more.get("pages"), list) and len(more["pages"]) == 1:
            more["pages"] = [good, *more["pages"]]
        answer = apply_changes(selam, file.changes(good, **more))
        assert (answer.status_code, words in answer.text) == (422, True), name
    assert revisions(selam, "a") == 1
    hard = {"title": "\ud800\x00", "path": "\ud800/\x00", "text": "\ud800", "tags": ["\x00"]}
    assert "still needs your attention" in apply_changes(selam, file.changes(hard)).text


def test_pasted_text_serves_as_well_and_comes_back(
    client: Any, client_of: Any, make_page: Any, opened: Any
) -> None:
    make_page("a", text=TEXT)
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    refused = selam.post_form("/offline", text="{no changes")
    assert refused.status_code == 422
    assert "{no changes</textarea>" in refused.text
    selam.post_form("/offline", text=file.changes(file.changed("a", text=MINE)))
    assert selam.get("/raw/a").text == MINE
    assert 'type="file"' not in client.get("/offline").text
    assert client.post("/offline").status_code == 401


def test_the_command_applies_changes_by_the_rights_of_a_person(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, tmp_path: Path
) -> None:
    file: OpenedFile = opened(client_of("selam"))
    saved = tmp_path / "changes.json"

    def apply(*options: str) -> Any:
        return app.test_cli_runner().invoke(apply_command, [str(saved), *options])

    saved.write_text(file.changes(*(file.changed(path, text=MINE) for path in ("a", "kept/e"))))
    done = apply("--as", "selam")
    assert done.exit_code == 0
    assert done.output == "a: saved\nkept/e: proposed to those who may edit the page\n"
    change(app, pages["b"], TEXT.replace("Another", "Their"))
    saved.write_text(file.changes(file.changed("b", text=MINE)))
    assert apply("--as", "selam").exit_code == 1
    assert "There is no user" in apply("--as", "nobody").output
    saved.write_text("nothing")
    assert "isn’t a file of changes" in apply("--as", "selam").output
