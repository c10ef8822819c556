"""All that one person changed in a range of time, undone in one step."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import count_revisions, field_error, main, raw
from tests.person import Person
from wiki.database import db
from wiki.pages.maintenance.integrity import find_problems
from wiki.pages.models import Page
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

PAGE = "/users/dawit/undo"


@pytest.fixture(autouse=True)
def vandal(app: Flask, dawit: Person, make_page: Any, make_user: Any) -> None:
    """Dawit spoils pages of selam's in every way."""
    by, he = make_user("selam"), make_user("dawit")
    text = "One.\n\nTwo.\n\nThree.\n"
    for path in ("edited", "twice", "mixed", "clash", "gone", "moved", "quiet"):
        make_page(path, text=text, by=by)
    make_page("brand-new", text="Spam.\n", by=he)
    make_page("taken-up", text="A start.\n", by=he)
    for path, typed, author in (
        ("twice", text + "Spam.\n", he),
        ("twice", text + "More spam.\n", he),
        ("mixed", text.replace("One", "Spam"), he),
        ("mixed", text.replace("One", "Spam").replace("Two", "Zwei"), by),
        ("mixed", "Spam.\n\nZwei.\n\nSpam.\n", he),
        ("clash", text.replace("Two.", "Spam of a kind."), he),
        ("clash", text.replace("Two.", "Something else."), by),
        ("taken-up", "A start, gone on with.\n", by),
    ):
        with app.app_context():
            page = db.session.scalars(db.select(Page).filter_by(path=path)).one()
            save_edit(page.id, Edit(Content(page.title, typed), page.revision_count), by=author)
    dawit.post_form("/edit/edited", text="Spam.\n", title="Spam", tags="spam")
    dawit.post_form("/delete/gone")
    dawit.post_form("/rename/moved", path="spam")


def words(answer: Any, part: str) -> dict[str, str]:
    """The titles of pages under a heading, and what is told of each."""
    text = answer.text
    found = re.search(rf"<h2>[^<]*{part}.*?</section>", text, re.DOTALL)
    entries = re.findall(r'<li class="change">(.*?)</li>', found[0] if found else "", re.DOTALL)
    split = [" ".join(re.sub("<[^>]*>", " ", entry).split()) for entry in entries]
    titles = [re.sub("<[^>]*>", "", re.findall(r"<a[^>]*>(.*?)</a>", e)[0]) for e in entries]
    return dict(zip(titles, split, strict=True))


def test_what_would_happen_is_shown(mentor: Person) -> None:
    answer = mentor.get(PAGE)
    able, unable = words(answer, "will be"), words(answer, "can’t be")
    assert set(able) == {"Spam", "Twice", "Mixed", "Gone", "Moved", "Brand new"}
    assert "will be deleted" in able["Brand new"]
    assert "will be brought back" in able["Gone"]
    assert "Revision 2 Revision 3" in able["Twice"]
    assert "will be moved back · back to moved" in able["Moved"]
    assert set(unable) == {"Clash", "Taken up"}
    assert "others have changed the same lines" in unable["Clash"]
    assert "edited by others since" in unable["Taken up"]


def test_one_confirmation_undoes_it(
    any_app: Any, app: Flask, client: Person, mentor: Person
) -> None:
    answer = mentor.open_form(PAGE, has="seen").submit(summary="Vandalism")
    assert answer.status_code == 200
    assert "6 pages reverted." in main(answer)
    text = "One.\n\nTwo.\n\nThree.\n"
    for path in ("edited", "twice", "gone", "moved"):
        assert raw(client, path) == text
    assert raw(client, "mixed") == "One.\n\nZwei.\n\nThree.\n"
    assert "Something else" in raw(client, "clash")
    assert client.get("/wiki/brand-new").status_code == 404
    assert raw(client, "taken-up") == "A start, gone on with.\n"
    assert count_revisions(client, "twice") == 4
    assert count_revisions(client, "mixed") == 5
    assert "Vandalism" in main(client.get("/history/edited"))
    for link in re.findall(r'href="(/(?:diff|history|undelete)/[^"]*)"', answer.text):
        assert mentor.get(link.replace("&amp;", "&")).status_code == 200, link
    assert mentor.post_form("/undelete/brand-new").status_code == 303
    with app.app_context():
        assert find_problems() == []


def test_twice_is_once(client: Person, mentor: Person) -> None:
    form = mentor.open_form(PAGE, has="seen")
    form.submit()
    again = form.submit()
    assert again.status_code == 200
    assert "0 pages reverted" in main(again)
    assert count_revisions(client, "twice") == 4
    assert words(mentor.get(PAGE), "will be") == {}


def test_what_changed_since_it_was_shown_is_left_alone(
    client: Person, mentor: Person, selam: Person
) -> None:
    form = mentor.open_form(PAGE, has="seen")
    selam.post_form("/edit/twice", text="Mine.\n\nOne.\n\nTwo.\n\nThree.\nMore spam.\n")
    answer = form.submit()
    assert "check again" in words(answer, "Left unchanged")["Twice"]
    assert raw(client, "twice").startswith("Mine.")
    assert count_revisions(client, "twice") == 4
    assert "undone" in words(answer, "Reverted")["Spam"]


def test_the_time_can_be_chosen_on_the_readers_clock(mentor: Person) -> None:
    mentor.set_cookie("nexus_zone", "Africa/Addis_Ababa")
    now = datetime.now(UTC)
    here = now + timedelta(hours=3)
    before, later = here - timedelta(hours=2), here + timedelta(minutes=5)
    shown = mentor.get(f"{PAGE}?since={before:%Y-%m-%dT%H:%M}&until={later:%Y-%m-%dT%H:%M}")
    assert "Twice" in words(shown, "will be")
    other = mentor.get(f"{PAGE}?since={now:%Y-%m-%dT%H:%M}&until={before:%Y-%m-%dT%H:%M}")
    assert other.status_code in (200, 422)
    assert words(other, "will be") == {}
    past = mentor.get(f"{PAGE}?since=2020-01-01T00:00&until=2020-01-02T00:00")
    assert "No changes in that time" in main(past)


def test_what_is_no_time_is_reported(mentor: Person) -> None:
    mentor.set_cookie("nexus_zone", "Asia/Tokyo")
    cases = ["yesterday", "2026-13-01T00:00", "<b>", "0001-01-01T00:00", "٣"]
    for since in cases:
        answer = mentor.get(PAGE, query_string={"since": since})
        if since.startswith("0001") and answer.status_code == 200:
            continue
        assert answer.status_code == 422, since
        assert "Enter a date" in field_error(answer, "since"), since


def test_it_is_for_who_reviews(
    client: Person, reader: Person, selam: Person, admin: Person, mentor: Person
) -> None:
    assert client.get(PAGE).status_code in (302, 303, 401)
    for person in (reader, selam):
        assert person.get(PAGE).status_code == 403
        assert "/undo" not in person.get("/users/dawit").text
    assert admin.get(PAGE).status_code == 200
    assert PAGE in mentor.get("/users/dawit").text
    assert mentor.get("/users/nobody/undo").status_code == 404


def test_what_was_never_shown(mentor: Person, client: Person) -> None:
    for seen in ["", "x", "1", ":", "999:1", "1:2:3", "1\x00:1"]:
        answer = mentor.open_form(PAGE, has="seen").submit(seen=seen)
        assert answer.status_code == 200, seen
        assert count_revisions(client, "twice") == 3, seen


def test_long_texts_are_undone_in_several_steps(
    mentor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiki.pages.undoing.mass_undo.MAX_TEXT_PER_STEP", 1)
    answer = mentor.get(PAGE)
    assert len(words(answer, "will be") | words(answer, "can’t be")) < 8
    assert "can be undone in the next step" in main(answer)


def test_pages_go_back_with_those_below_and_the_links_to_them(
    client: Person, mentor: Person, dawit: Person, make_page: Any
) -> None:
    for path in ("stores", "stores/redis"):
        make_page(path, title=path.rpartition("/")[2].title())
    make_page("start", text="See [[stores/redis]].\n")
    dawit.open_form("/rename/stores", has="path").submit(path="junk", subtree=True, links=True)
    dawit.post_form("/edit/junk", text="Spam.\n")
    assert "[[junk/redis]]" in raw(client, "start")
    answer = mentor.open_form(PAGE, has="seen").submit()
    assert "back to stores" in words(answer, "Reverted")["Stores"]
    assert raw(client, "stores") != "Spam.\n"
    assert client.get("/wiki/stores/redis").status_code == 200
    assert "[[stores/redis]]" in raw(client, "start")
    assert client.get("/wiki/junk/redis").status_code in {301, 302, 303, 307, 308}


@pytest.mark.parametrize("meanwhile", ["moved on", "taken"])
def test_a_page_stays_where_others_have_moved_it_or_taken_its_place(
    client: Person, mentor: Person, selam: Person, make_page: Any, meanwhile: str
) -> None:
    if meanwhile == "taken":
        make_page("moved", text="Another.\n", title="Another")
    else:
        selam.post_form("/rename/spam", path="elsewhere")
    answer = mentor.get(PAGE)
    assert "rename it by hand" in words(answer, "can’t be")["Moved"]
    mentor.open_form(PAGE, has="seen").submit()
    assert (
        client.get("/wiki/spam" if meanwhile == "taken" else "/wiki/elsewhere").status_code == 200
    )


@pytest.mark.settings(rate_limits=True)
def test_who_may_store_no_more_today_is_told(
    client: Person, mentor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = mentor.open_form(PAGE, has="seen")
    monkeypatch.setattr("wiki.pages.writing.quota.quota_of", lambda person: 0)
    answer = form.submit()
    assert answer.status_code == 200
    assert (
        "continue tomorrow" in words(answer, "Left unchanged")["Mixed"]
    )  # a text that has never been there
    assert raw(client, "mixed") == "Spam.\n\nZwei.\n\nSpam.\n"
    assert "brought back" in words(answer, "Reverted")["Gone"]
