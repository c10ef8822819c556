"""Drafts: what was typed is found again, as it was, by who typed it and nobody else."""

from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Form, Person
from wiki.database import db
from wiki.pages.models import Draft
from wiki.pages.writing.drafts import MAX_DRAFTS

BEGUN = "One.\n\nTwo.\n\nThree.\n"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> Any:
    return make_page("redis", text=BEGUN)


def keep(form: Form, page: str = "redis", **fields: Any) -> int:
    """Send the form to be kept, as the editor's script does; the draft's id."""
    answer = form.person.post("/drafts", data={**form.values, "page": page, **fields})
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["saved_at"]
    return int(told["id"])


def go_on(person: Person, draft: int, path: str = "redis") -> Form:
    return person.open_form(f"/edit/{path}?draft={draft}")


def test_it_works(any_app: Flask, client: Person, selam: Person) -> None:
    draft = keep(selam.open_form("/edit/redis"), text="One.\n\nHalf a", summary="So far")
    assert raw(client, "redis") == BEGUN
    offered = selam.get("/edit/redis")
    assert "You have a draft of this page" in main(offered)
    assert selam.form_in(offered, "/edit/redis").values["text"] == BEGUN
    assert "Half a" in main(selam.get(f"/drafts/{draft}"))
    form = go_on(selam, draft)
    assert form.values["text"] == "One.\n\nHalf a"
    assert form.values["summary"] == "So far"
    assert form.submit().status_code == 303
    assert raw(client, "redis") == "One.\n\nHalf a"
    assert "No drafts" in main(selam.get("/drafts"))
    assert selam.get(f"/drafts/{draft}").status_code == 404


def test_one_editor_keeps_one_draft(selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    assert len({keep(form, text="First."), keep(form, text="Second.", title="Renamed")}) == 1
    assert main(selam.get("/drafts")).count("Discard") == 1


def test_another_editor_does_not_overwrite_it(selam: Person) -> None:
    first = keep(selam.open_form("/edit/redis"), text="An hour's work.\n")
    second = keep(selam.open_form("/edit/redis"), text="Another thought.\n")
    assert first != second
    assert go_on(selam, first).values["text"] == "An hour's work.\n"
    assert main(selam.get("/edit/redis")).count("You have a draft of this page") == 2
    go_on(selam, second).submit()
    assert selam.get(f"/drafts/{second}").status_code == 404
    assert selam.get(f"/drafts/{first}").status_code == 200


def test_a_preview_keeps_the_same_draft(selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    draft = keep(form, text="First.\n")
    shown = form.submit(text="Second.\n", action="preview")
    assert shown.status_code == 200
    assert selam.form_in(shown, "/edit/redis").values["draft_key"] == form.values["draft_key"]
    assert go_on(selam, draft).values["text"] == "Second.\n"


def test_a_new_page_whose_title_is_being_typed_is_one_draft(client: Person, selam: Person) -> None:
    form = selam.open_form("/new")
    drafts = {keep(form, page="", title=title, text="S.") for title in ("C", "Ce", "Celery")}
    assert len(drafts) == 1
    assert "You have a draft of a new page, Celery" in main(selam.get("/new"))
    form = selam.open_form(f"/new?draft={drafts.pop()}")
    assert form.values["title"] == "Celery"
    assert form.submit().status_code == 303
    assert raw(client, "celery") == "S."
    assert "No drafts" in main(selam.get("/drafts"))


def test_a_draft_of_a_page_that_changed_shows_what_saving_would_do(
    client: Person, selam: Person, dawit: Person
) -> None:
    draft = keep(selam.open_form("/edit/redis"), text=BEGUN.replace("Three", "Three, hers"))
    dawit.post_form("/edit/redis", text=BEGUN.replace("One", "One, his"))
    shown = selam.get(f"/drafts/{draft}")
    assert "Based on revision 1; the page is now at revision 2." in main(shown)
    # His change is no part of hers, nor is it taken back.
    changed = shown.text.partition('<table class="diff')[2]
    assert changed.count("diff-changed") == 1
    assert "<ins>, hers</ins>" in changed
    assert go_on(selam, draft).submit().status_code == 303
    assert raw(client, "redis") == "One, his\n\nTwo.\n\nThree, hers.\n".replace("his\n", "his.\n")


def test_a_draft_that_will_conflict_says_so(selam: Person, dawit: Person) -> None:
    draft = keep(selam.open_form("/edit/redis"), text=BEGUN.replace("Two.", "Two is hers."))
    dawit.post_form("/edit/redis", text=BEGUN.replace("Two.", "Two belongs to him."))
    warning = "Somebody else has also changed 1 of the places you changed"
    assert warning in main(selam.get(f"/drafts/{draft}"))
    answer = go_on(selam, draft).submit()
    assert answer.status_code == 409
    assert go_on(selam, draft).values["text"] == BEGUN.replace("Two.", "Two is hers.")
    form = selam.form_in(answer, "/edit/redis")
    assert form.submit(**{"action": "resolve", "choice-0": "theirs"}).status_code == 303
    assert "No drafts" in main(selam.get("/drafts"))


def test_a_draft_survives_the_end_of_its_session(app: Flask, client: Person, selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    draft = keep(form, text="Before the end.\n")
    selam.post("/account/logout", data={"csrf_token": form.values["csrf_token"]})
    data = {**form.values, "page": "redis", "text": "After it.\n"}
    assert selam.post("/drafts", data=data).status_code == 401
    again = client.open_form("/account/login")
    answer = again.submit(username="selam", password="correct horse battery staple")
    assert answer.status_code == 303
    assert go_on(client, draft).values["text"] == "Before the end.\n"


def test_a_draft_outlives_its_page(client: Person, selam: Person, dawit: Person) -> None:
    draft = keep(selam.open_form("/edit/redis"), text="Too late.\n")
    dawit.post_form("/delete/redis")
    shown = selam.get(f"/drafts/{draft}")
    assert "Its page was deleted" in main(shown)
    assert "Too late." in main(shown)
    form = selam.open_form(f"/new?draft={draft}")
    assert form.values["text"] == "Too late.\n"
    assert form.submit(path="redis-2").status_code == 303
    assert raw(client, "redis-2") == "Too late.\n"
    assert "No drafts" in main(selam.get("/drafts"))


def test_a_draft_of_a_section_shows_the_page_it_makes(selam: Person, make_page: Any) -> None:
    make_page("parts", text="Top.\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n")
    form = selam.open_form("/edit/parts?section=one")
    draft = keep(form, "parts", text="## One\n\nFirst of all.\n")
    shown = selam.get(f"/drafts/{draft}")
    assert "one section" in main(shown)
    assert "<ins> of all</ins>" in shown.text
    assert "Second." in main(shown)
    assert go_on(selam, draft, "parts").values["section"] == "one"


def test_throwing_away_asks(selam: Person) -> None:
    draft = keep(selam.open_form("/edit/redis"), text="Doubtful.\n")
    asked = selam.get(f"/drafts/{draft}/delete")
    assert "Discard this draft?" in main(asked)
    assert go_on(selam, draft).values["text"] == "Doubtful.\n"
    assert selam.form_in(asked, f"/drafts/{draft}/delete").submit().status_code == 303
    assert selam.get(f"/drafts/{draft}").status_code == 404
    assert "draft of this page" not in main(selam.get("/edit/redis"))


def test_nobody_else_sees_it(selam: Person, dawit: Person, admin: Person) -> None:
    draft = keep(selam.open_form("/edit/redis"), text="Hers alone.\n")
    for other in (dawit, admin):
        assert other.get(f"/drafts/{draft}").status_code == 404
        assert other.get(f"/drafts/{draft}/delete").status_code == 404
        assert (
            "Hers alone." not in other.get(f"/edit/redis?draft={draft}", follow_redirects=True).text
        )
        token = other.open_form("/edit/redis").values["csrf_token"]
        data = {"csrf_token": token}
        assert other.post(f"/drafts/{draft}/delete", data=data).status_code == 404
    # Nor can a key be taken over.
    key = go_on(selam, draft).values["draft_key"]
    theirs = keep(dawit.open_form("/edit/redis"), text="His.\n", draft_key=key)
    assert theirs != draft
    assert go_on(selam, draft).values["text"] == "Hers alone.\n"


@pytest.mark.parametrize(
    "key", ["", "%", "_" * 12, "a:b", "x" * 2000, "a\x00b", "\u1230\u120b\u121d"]
)
def test_any_key_will_do(selam: Person, key: str) -> None:
    first = keep(selam.open_form("/edit/redis"), text="One.\n")
    form = selam.open_form("/edit/redis")
    kept = keep(form, text="Two.\n", draft_key=key)
    assert kept != first
    assert keep(form, text="Three.\n", draft_key=key) == kept
    assert go_on(selam, first).values["text"] == "One.\n"


def test_what_is_saved_stores_no_draft_of_a_refusal(client: Person, selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    draft = keep(form, text="Kept.\n")
    assert form.submit(title="", text="Kept.\n").status_code == 422
    assert go_on(selam, draft).values["text"] == "Kept.\n"
    assert count_revisions(client, "redis") == 1


def test_the_oldest_go_before_the_disk_is_full(app: Flask, selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    oldest = keep(form)
    with app.app_context():
        user = db.session.scalar(db.select(Draft.user_id))
        rows = [{"user_id": user, "target": f"new:{n}"} for n in range(MAX_DRAFTS)]
        db.session.execute(db.insert(Draft), rows)
        db.session.commit()
    keep(selam.open_form("/edit/redis"), text="The newest.\n")
    assert selam.get(f"/drafts/{oldest}").status_code == 404
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Draft)) == MAX_DRAFTS
