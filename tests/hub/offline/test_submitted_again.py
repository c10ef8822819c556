"""Continuing after submitting changes, and submitting them again in another form."""

from typing import Any

from flask import Flask

from tests.hub.offline.conftest import MINE, TEXT, change
from tests.hub.offline.opened_file import OpenedFile
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.writing import drafts


def given(page: dict[str, Any], text: str, before: str) -> dict[str, Any]:
    """`page` with another text, of which a file was saved when it had the text `before`."""
    saved = {name: page[name] for name in ("title", "tags")}
    return {**page, "text": text, "given": {**saved, "text": before}}


def test_who_goes_on_after_giving_back_is_in_no_conflict_with_themselves(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    first, second = f"{TEXT}\nA.\n", f"{TEXT}\nA.\n\nB.\n"
    new = {"title": "New", "path": "new", "text": "One.\n", "tags": []}
    apply_changes(selam, file.changes(file.changed("a", text=first), new))
    change(app, pages["a"], first.replace("One", "Our one"), base=2)
    again = file.changes(
        given(file.changed("a"), second, first), given(new, "One.\n\nTwo.\n", "One.\n")
    )
    assert "needs you" not in apply_changes(selam, again).text
    assert selam.get("/raw/a").text == second.replace("One", "Our one")
    assert selam.get("/raw/new").text == "One.\n\nTwo.\n"


def test_what_was_saved_and_never_given_back_is_no_common_ground(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    change(app, pages["a"], TEXT.replace("last", "very last"))
    apply_changes(selam, file.changes(given(file.changed("a"), MINE, f"{TEXT}Never sent.\n")))
    assert selam.get("/raw/a").text == MINE.replace("last", "very last")


def test_an_older_file_takes_nothing_out_of_a_proposal(
    client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    abel = client_of("abel")
    file: OpenedFile = opened(abel)
    monday, friday = f"{TEXT}\nMonday.\n", f"{TEXT}\nMonday.\n\nFriday.\n"
    first = file.changes(file.changed("kept/e", text=monday))
    later = file.changes(given(file.changed("kept/e"), friday, monday))
    for sent in (first, later, first):
        assert "needs you" not in apply_changes(abel, sent).text
    assert "Friday." in abel.get("/proposals/1").text
    other = apply_changes(abel, file.changes(file.changed("kept/e", text=f"{TEXT}\nOther.\n")))
    assert "a different text for this page" in other.text
    shown = abel.get("/proposals/1").text
    assert "Friday." in shown
    assert "Other." not in shown
    elsewhere = TEXT.replace("One line", "The first line")
    apply_changes(abel, file.changes(file.changed("kept/e", text=elsewhere)))
    shown = abel.get("/proposals/1").text
    assert "Friday." in shown
    assert "The first" in shown


def test_a_page_that_a_file_has_twice_is_proposed_once(
    client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    abel = client_of("abel")
    file: OpenedFile = opened(abel)
    new = {"title": "G", "path": "kept/g", "text": "One.\n"}
    twice = [new, {**new, "path": "Kept/G", "text": "Two.\n"}]
    twice += [file.changed("kept/e", text=text) for text in (MINE, f"{MINE}More.\n")]
    answer = apply_changes(abel, file.changes(*twice))
    assert answer.status_code == 200
    assert answer.text.count("has this page twice") == 2
    assert answer.text.count('href="/proposals/1"') == 2


def test_nothing_is_called_kept_that_is_not(
    client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any, monkeypatch: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    long = apply_changes(selam, file.changes(file.changed("a", text="x" * 2_000_001)))
    assert "keep the file" in long.text
    selam.post("/drafts", data={**selam.open_form("/edit/b").values, "text": "Typed.", "page": "b"})
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    refused = apply_changes(selam, file.changes(file.changed("c", title="x" * 201)))
    assert "keep the file" in refused.text
    assert selam.get("/drafts/1").status_code == 200


def test_what_is_refused_of_a_page_is_a_draft_of_it(
    app: Flask, client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    file: OpenedFile = opened(selam)
    changed = file.changed("c", text=MINE, title="x" * 201)
    apply_changes(selam, file.changes(changed))
    shown = selam.get("/drafts").text
    assert "new page" not in shown
    assert shown.count('/drafts/1"') == 1
    # A new page has no claim to what stands at its path, but to one that another page has left.
    with app.app_context():
        rename_page(pages["d"], RenameRequest("D", "moved", 1), by=None)
    new = {"title": "Brand new", "text": "New.\n"}
    answer = apply_changes(selam, file.changes({**new, "path": "a"}, {**new, "path": "d"}))
    assert answer.text.count("already a page at that path") == 1
    assert selam.get("/raw/d").text == "New.\n"
    assert selam.get("/raw/moved").text == selam.get("/raw/a").text == TEXT


def test_as_many_tags_as_a_page_may_have_are_taken(
    client_of: Any, pages: dict[str, int], opened: Any, apply_changes: Any
) -> None:
    selam = client_of("selam")
    tags = [f"{number:02}{'t' * 48}" for number in range(20)]
    changed = opened(selam).changed("a", tags=tags)
    assert "needs you" not in apply_changes(selam, opened(selam).changes(changed)).text
    assert selam.get("/raw/a").status_code == 200
