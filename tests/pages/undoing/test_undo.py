"""Undoing one edit, whatever came since."""

import re
from html import unescape
from typing import Any

import pytest

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Person

LINES = ["One.\n", "\n", "Two.\n", "\n", "Three.\n", "\n", "Four.\n"]
TEXT = "".join(LINES)


@pytest.fixture(autouse=True)
def page(make_page: Any, make_user: Any) -> None:
    make_page("redis", text=TEXT, tags=["data"], by=make_user("selam"))


def edit(person: Person, **fields: Any) -> None:
    assert person.post_form("/edit/redis", **fields).status_code == 303


def test_it_works(any_app: Any, client: Person, selam: Person, dawit: Person) -> None:
    edit(dawit, text=TEXT.replace("Two", "Zwei"))
    edit(selam, text=TEXT.replace("Two", "Zwei").replace("Four", "Five"))
    difference = selam.get("/diff/redis?from=1&to=2").text
    (link,) = re.findall(r'href="(/undo/[^"]*)"', difference)
    asked = selam.get(unescape(link))
    assert "by dawit" in main(asked)
    assert "Two" in main(asked)
    answer = selam.post_form(unescape(link))
    assert answer.status_code == 303
    assert "Revision 2 has been undone in revision 4." in main(selam.get(answer.location))
    assert raw(client, "redis") == TEXT.replace("Four", "Five")
    history = client.get("/history/redis")
    assert "undid revision 2" in main(history)
    assert "Undid revision 2 by dawit" in main(history)
    assert "/diff/redis?from=1&amp;to=2" in history.text
    assert "undid revision 2" in main(client.get("/changes"))


def test_the_last_one_is_undone_as_well(client: Person, selam: Person, dawit: Person) -> None:
    edit(dawit, text="All gone.\n", title="Hacked", tags="spam")
    selam.post_form("/undo/redis?revision=2", summary="Vandalism")
    assert raw(client, "redis") == TEXT
    page = client.get("/wiki/redis").text
    assert 'href="/tags/data"' in page
    assert "spam" not in page
    assert "Hacked" not in page
    assert "Vandalism" in main(client.get("/history/redis"))


def test_what_was_set_anew_since_stays(client: Person, selam: Person, dawit: Person) -> None:
    edit(dawit, text="Other.\n", title="Hacked", kind="challenge", status="solved")
    edit(selam, title="A store", status="outdated")
    selam.post_form("/undo/redis?revision=2")
    page = client.get("/wiki/redis")
    assert "A store" in main(page)
    assert raw(client, "redis") == TEXT


def test_an_undo_can_be_undone(client: Person, selam: Person) -> None:
    edit(selam, text="Better.\n")
    selam.post_form("/undo/redis?revision=2")
    selam.post_form("/undo/redis?revision=3")
    assert raw(client, "redis") == "Better.\n"
    assert count_revisions(client, "redis") == 4
    # Twice: there is nothing left of it.
    selam.post_form("/undo/redis?revision=3")
    assert count_revisions(client, "redis") == 4


def test_a_conflict_is_the_ordinary_one(client: Person, selam: Person, dawit: Person) -> None:
    edit(dawit, text=TEXT.replace("Two.", "Zwei zwei."))
    edit(selam, text=TEXT.replace("Two.", "Zwei drei.").replace("Four", "Five"))
    selam.post("/drafts", data={"page": "redis", "text": "My own work", "base_revision": 3})
    asked = selam.get("/undo/redis?revision=2")
    assert "The same lines have been changed again since" in main(asked)
    answer = selam.post_form("/undo/redis?revision=2")
    assert answer.status_code == 409
    assert "What revision 2 changed has been changed again since" in main(answer)
    assert count_revisions(client, "redis") == 3
    form = selam.form_in(answer, "/edit/redis", has="choice-0")
    assert form.values["summary"] == "Undid revision 2 by dawit"
    saved = form.submit(**{"choice-0": "mine", "action": "resolve"})
    assert saved.status_code == 303
    assert raw(client, "redis") == TEXT.replace("Four", "Five")
    assert "Undid revision 2 by dawit" in main(client.get("/history/redis"))


def test_there_is_nothing_before_the_first(selam: Person) -> None:
    answer = selam.get("/undo/redis?revision=1")
    assert answer.status_code == 409
    assert "/delete/redis" in answer.text
    assert "/undo/" not in selam.get("/diff/redis?from=1&to=1").text


def test_a_move_is_undone_by_moving(selam: Person, client: Person) -> None:
    selam.post_form("/rename/redis", path="stores/redis")
    answer = selam.get("/undo/stores/redis?revision=2")
    assert answer.status_code == 409
    assert "/rename/stores/redis" in answer.text
    assert count_revisions(client, "stores/redis") == 2


def test_a_revision_there_is_not(selam: Person) -> None:
    for number in ["0", "9", "-1", "x", "", "99999999999", "1\x00"]:
        assert selam.get("/undo/redis", query_string={"revision": number}).status_code == 404, (
            number
        )


def test_who_may_not_edit_may_not_undo(client: Person, reader: Person, selam: Person) -> None:
    edit(selam, text="Other.\n")
    assert reader.get("/undo/redis?revision=2").status_code == 403
    assert client.get("/undo/redis?revision=2").status_code in (302, 303, 401)
    for person in (client, reader):
        assert "/undo/" not in person.get("/diff/redis").text
        assert "/restore/" not in person.get("/diff/redis").text
    selam.post_form("/delete/redis")
    assert selam.get("/undo/redis?revision=2").status_code == 404


def test_only_one_step_is_offered_to_be_undone(selam: Person) -> None:
    for word in ("a", "b"):
        edit(selam, text=word)
    assert "/undo/" not in selam.get("/diff/redis?from=1&to=3").text
    text = selam.get("/diff/redis?from=2&to=3").text
    assert "/undo/redis?revision=3" in text
    assert re.findall(r"/restore/redis\?revision=\d", text) == ["/restore/redis?revision=2"]


def test_what_was_erased_cannot_come_back(selam: Person, admin: Person) -> None:
    edit(selam, text="A secret.\n")
    edit(selam, text="Without.\n")
    admin.open_form("/erase/redis?revision=2").submit(summary="A password")
    assert selam.get("/undo/redis?revision=3").status_code == 410


def test_a_mentor_marks_what_is_compared(mentor: Person, selam: Person) -> None:
    edit(selam, text="Other.\n")
    answer = mentor.open_form("/diff/redis?from=1&to=2", has="next")
    number = re.findall(r'name="revision" value="(\d+)"', mentor.get("/diff/redis").text)[0]
    where = answer.submit(revision=number).location
    assert where.startswith("/diff/redis")
    assert "reviewed by meron" in main(mentor.get(where))
    assert "looked at" not in main(selam.get("/diff/redis"))


# Folded lines


@pytest.fixture
def long(client: Person, selam: Person, make_page: Any) -> None:
    lines = [f"Line {number}.\n\n" for number in range(1, 401)]
    make_page("long", text="".join(lines))
    lines[0], lines[-1] = "First.\n\n", "Last.\n\n"
    selam.post_form("/edit/long", text="".join(lines))


def test_folded_lines_open(client: Person, long: None) -> None:
    text = client.get("/diff/long").text
    assert "Line 100." not in text
    (link,) = re.findall(r'<a href="(/diff/long[^"]*)"[^>]* data-open="5"', text)
    opened = client.get(unescape(link))
    assert 'id="nx-line-5"' in opened.text
    assert "Line 100." in opened.text
    assert "Line 300." not in opened.text
    # What is left of a long one is a fold again.
    (link,) = re.findall(r'<a href="(/diff/long[^"]*)"[^>]* data-open="205"', opened.text)
    assert "Line 200." in client.get(unescape(link)).text
    assert "Line 50." in client.get(unescape(link)).text


@pytest.mark.parametrize(("context", "shown"), [("99999", True), ("0", False), ("x", False)])
def test_the_context_can_be_asked_for(
    client: Person, long: None, context: str, shown: bool
) -> None:
    answer = client.get(f"/diff/long?context={context}&open=abc&open=-1&open=999999999")
    assert answer.status_code == 200
    assert ("Line 300." in answer.text) == shown
