"""What solved a challenge is said by who asked, or by a mentor."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import db
from wiki.pages.writing.revision_store import load_content
from wiki.search.models import OutboxEntry

PAGE, SAYING = "/wiki/challenges/slow", "/challenge/challenges/slow"


@pytest.fixture
def asker(client_of: Callable[[str], Person]) -> Person:
    person = client_of("selam")
    person.post_form("/new?kind=challenge", title="Slow", text="It is slow.\n")
    return person


@pytest.fixture
def helper(client_of: Callable[[str], Person], asker: Person) -> Person:
    person = client_of("dawit")
    person.post_form("/edit/challenges/slow", text="It is slow. Add an index.\n")
    return person


def solve(person: Person, **fields: Any) -> Any:
    return person.open_form(SAYING, has="solver").submit(action="solve", **fields)


def events(app: Flask) -> int:
    with app.app_context():
        rows = db.select(OutboxEntry).where(OutboxEntry.event == "solved")
        return len(db.session.scalars(rows).all())


def test_who_asked_marks_it_and_the_helper_is_named(
    any_app: Flask, asker: Person, helper: Person, client: Person
) -> None:
    answer = solve(asker, fix="CREATE INDEX.")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = main(client.get(PAGE))
    assert "Challenge, solved" in page
    assert "CREATE INDEX." in page
    assert "Solved by dawit" in main(asker.get(SAYING))
    assert "Marked as solved" in main(client.get("/history/challenges/slow"))
    assert events(any_app) == 1
    solve(asker, fix="CREATE INDEX. Then VACUUM.")
    assert events(any_app) == 1, "it was solved already"


def test_a_mentor_marks_it_others_cannot(
    app: Flask, asker: Person, helper: Person, client_of: Callable[..., Person]
) -> None:
    assert "solver" not in helper.get(SAYING).text
    token = helper.open_form(SAYING).values["csrf_token"]
    answer = helper.post(SAYING, data={"action": "solve", "csrf_token": token})
    assert answer.status_code == 403
    assert events(app) == 0
    assert solve(client_of("abeba", role="mentor")).status_code == 303
    assert events(app) == 1


def test_it_is_merged_with_what_others_changed_meanwhile(
    asker: Person, helper: Person, client: Person
) -> None:
    form = asker.open_form(SAYING, has="solver")
    helper.post_form(
        "/edit/challenges/slow", text="Another text.\n", **{"field-cause": "No index."}
    )
    assert form.submit(action="solve", fix="CREATE INDEX.").status_code == 303
    page = main(client.get(PAGE))
    for words in ("Another text.", "No index.", "CREATE INDEX.", "solved"):
        assert words in page


def test_a_fix_that_is_too_long_comes_back(asker: Person, client: Person) -> None:
    answer = solve(asker, fix="x" * 6001)
    assert answer.status_code == 422
    assert asker.form_in(answer, SAYING, has="fix").values["fix"] == "x" * 6001
    assert "Challenge, open" in main(client.get(PAGE))


def test_it_is_opened_again(asker: Person, helper: Person, client: Person) -> None:
    solve(asker)
    asker.open_form(SAYING, has="solver").submit(action="reopen")
    assert "Challenge, open" in main(client.get(PAGE))
    assert "Solved by" not in main(asker.get(SAYING))


def test_the_editor_says_it_as_well(app: Flask, asker: Person, helper: Person) -> None:
    helper.post_form("/edit/challenges/slow", status="solved")
    assert events(app) == 1


def test_who_has_the_problem_is_reported(
    app: Flask, asker: Person, helper: Person, client_of: Callable[..., Person]
) -> None:
    from wiki.access.permissions import anonymous_viewer
    from wiki.community.events import Event, addressees, describe

    headers = {"Sec-Fetch-Site": "same-origin"}
    client_of("abeba").post(SAYING, data={"action": "same"}, headers=headers)
    solve(asker)
    with app.test_request_context():
        row = db.session.scalars(db.select(OutboxEntry).filter_by(event="solved")).one()
        event = Event(
            row.number, "solved", row.page_id, row.revision_id, row.actor_id, None, row.created_at
        )
        told = addressees([event])[row.number]
        description = describe([event], anonymous_viewer())[row.number]
    assert len(told) == 2
    assert description.line == "“Slow” is solved, says selam"
    assert (description.endpoint, description.values) == ("pages.read", {"path": "challenges/slow"})


def test_another_solution_doesn_t_bring_the_first_solver_back(
    any_app: Flask, asker: Person, helper: Person
) -> None:
    solve(asker)
    assert "Solved by dawit" in main(asker.get(SAYING))
    asker.post_form("/edit/challenges/slow", status="open")
    asker.post_form("/edit/challenges/slow", status="solved", text="It is slow. Buy a disk.\n")
    said = main(asker.get(SAYING))
    assert "Challenge, solved" in said
    assert "Solved by" not in said


def test_a_fix_of_lines_or_none_is_kept(
    app: Flask, asker: Person, make_page: Callable[..., Any], client_of: Callable[..., Person]
) -> None:
    fix = ["Add an index.", "Then restart."]
    page = make_page("challenges/other", kind="challenge", fields={"fix": fix})
    mentor, address = client_of("hana", role="mentor"), "/challenge/challenges/other"
    form = mentor.open_form(address, has="solver")
    assert form.values["fix"] == "\n".join(fix)
    assert form.submit(action="solve").status_code == 303
    assert form.submit(action="solve", fix=None).status_code == 303
    with app.app_context():
        stored = load_content(db.session(), page.page_id, 2)
        assert stored.fields == {"fix": fix, "status": "solved"}


def test_it_can_be_marked_when_what_one_saw_was_erased_since(
    app: Flask, asker: Person, helper: Person, client_of: Callable[..., Person]
) -> None:
    form = asker.open_form(SAYING, has="solver")
    helper.post_form("/edit/challenges/slow", text="Only the index.\n")
    admin = client_of("root", role="admin")
    admin.post_form("/erase/challenges/slow?revision=2", summary="A secret")
    assert form.submit(action="solve").status_code == 303
    page = main(asker.get(PAGE))
    assert "Challenge, solved" in page
    assert "Only the index." in page


def test_who_asked_is_not_one_more_who_has_it(
    any_app: Flask, asker: Person, helper: Person, client: Person
) -> None:
    assert "I have it, too" not in asker.get(SAYING).text
    asker.open_form(PAGE, has="action")
    answer = asker.post(SAYING, data={"action": "same"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert "You asked, so you are already counted." in asker.get(PAGE).text
    assert "has this problem" not in main(client.get(PAGE))
    helper.open_form(SAYING, has="csrf_token").submit(action="same")
    assert "1 more person has this problem" in main(client.get(PAGE))
