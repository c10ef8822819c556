"""How often and how much one person may save; whatever is refused comes back."""

from datetime import timedelta

import pytest
import time_machine

from tests.pages.visible_text import main
from wiki.access import save_limits
from wiki.database import db, utcnow
from wiki.pages.models import Draft, Revision

pytestmark = pytest.mark.settings(rate_limits=True)


@pytest.fixture
def three(monkeypatch):
    """Three saves a minute."""
    monkeypatch.setattr(save_limits, "SAVE_RATE", "3 per minute")


def used_up(person):
    for n in range(3):
        assert person.post_form("/new", title=f"Page {n}", text="x").status_code == 303


def test_saves_are_limited_as_documented(client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    form = selam.open_form("/new")
    answers = [form.submit(title=f"Page {n}", text="A text.").status_code for n in range(31)]
    assert answers == [303] * 30 + [429]
    assert dawit.post_form("/new", title="Another", text="x").status_code == 303


def test_what_was_typed_into_a_new_page_comes_back_and_is_saved_later(client_of, three):
    selam = client_of("selam")
    form = selam.open_form("/new")
    used_up(selam)
    typed = {"title": "Redis", "text": "A & <b>\n\nlong text", "tags": "db", "summary": "Why not"}
    answer = form.submit(**typed)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Wait " in main(answer)
    again = selam.form_in(answer, "/new")
    assert {name: again.values[name] for name in typed} == typed
    with time_machine.travel(utcnow() + timedelta(seconds=61)):
        assert again.submit().status_code == 303
    assert "long text" in selam.get("/wiki/redis").text


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/edit/redis", {"text": "Changed", "summary": "Because", "tags": "a, b", "minor": True}),
        ("/rename/redis", {"title": "Redis 8", "path": "redis-8", "subtree": True, "links": True}),
        ("/restore/redis?revision=1", {"summary": "It was right"}),
        ("/delete/redis", {"summary": "Not ours"}),
    ],
)
def test_every_form_that_writes_is_limited_and_gives_everything_back(
    client_of, make_page, three, address, typed
):
    selam = client_of("selam")
    make_page("redis")
    selam.post_form("/edit/redis", text="Second")
    selam.post_form("/edit/redis", text="Third")
    form = selam.open_form(address)
    selam.post_form("/edit/redis", text="Fourth")
    answer = form.submit(**typed)
    assert answer.status_code == 429
    again = selam.form_in(answer, address)
    for name, value in typed.items():
        assert again.values[name] == ("y" if value is True else value)
    with time_machine.travel(utcnow() + timedelta(seconds=61)):
        assert again.submit().status_code in (303, 409)  # 409: the page was changed meanwhile


@pytest.mark.parametrize("action", ["preview", "changes"])
def test_looking_at_ones_text_is_no_save(client_of, three, action):
    selam = client_of("selam")
    form = selam.open_form("/new")
    for _ in range(5):
        assert form.submit(title="Redis", text="x", action=action).status_code == 200
    assert form.submit(title="Redis", text="x").status_code == 303


def test_drafts_have_a_bound_of_their_own(client_of, three, monkeypatch):
    monkeypatch.setitem(save_limits._BOUNDS, "pages.save_draft", "2 per minute")
    selam = client_of("selam")
    form = selam.open_form("/new")
    used_up(selam)
    sent = [selam.post("/drafts", data=form.values) for _ in range(3)]
    assert [answer.status_code for answer in sent] == [200, 200, 429]


def test_the_drafts_of_one_person_have_a_size(app, client_of, monkeypatch):
    monkeypatch.setattr("wiki.pages.writing.drafts.MAX_TOTAL_TEXT", 1000)
    selam = client_of("selam")
    for n in range(4):
        form = selam.open_form("/new")
        selam.post("/drafts", data={**form.values, "title": f"Draft {n}", "text": "x" * 400})
    with app.app_context():
        titles = db.session.scalars(db.select(Draft.title).order_by(Draft.id)).all()
    assert titles == ["Draft 1", "Draft 2", "Draft 3"]


@pytest.mark.parametrize("role", ["mentor", "admin"])
def test_who_reviews_saves_more_often(client_of, three, role):
    admin = client_of("abeba", role=role)
    for n in range(5):
        assert admin.post_form("/new", title=f"Page {n}", text="x").status_code == 303


@pytest.mark.settings(rate_limits=True, text_quota=1)
def test_a_day_has_room_for_so_many_texts(any_app, client_of, make_user):
    selam, text = client_of("selam"), "many words " * 36_000
    for n in range(2):
        assert selam.post_form("/new", title=f"Page {n}", text=f"{n} {text}").status_code == 303
    with time_machine.travel(utcnow() + timedelta(hours=3)):
        form = selam.open_form("/new")
        answer = form.submit(title="Third", text=f"3 {text}")
        assert answer.status_code == 429
        assert 20 * 3600 < int(answer.headers["Retry-After"]) <= 21 * 3600
        assert "Wait 21 hours" in main(answer)
        assert selam.form_in(answer, "/new").values["text"] == f"3 {text}"
        # What is stored already takes no room: neither the same text nor a restore.
        assert selam.post_form("/new", title="Same", text=f"1 {text}").status_code == 303
        assert selam.post_form("/new", title="Short", text="x").status_code == 303
        mentor = client_of("abeba", role="mentor")
        assert mentor.post_form("/new", title="Third", text=f"3 {text}").status_code == 303
    with time_machine.travel(utcnow() + timedelta(hours=25)):
        assert selam.post_form("/new", title="Later", text=f"4 {text}").status_code == 303


@pytest.mark.settings(rate_limits=False, text_quota=1)
def test_without_limits_neither_counts(app, client_of):
    selam, text = client_of("selam"), "many words " * 60_000
    for n in range(3):
        assert selam.post_form("/new", title=f"Page {n}", text=f"{n} {text}").status_code == 303
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Revision)) == 3
