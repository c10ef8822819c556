"""Requests that are sent again with the same key."""

from datetime import timedelta

import time_machine
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.api.conftest import token_of
from wiki.api.idempotency import replay
from wiki.api.idempotency.models import IdempotencyKey
from wiki.api.pages import views
from wiki.community.notifier.registry import jobs_of
from wiki.database import db, utcnow
from wiki.web.programs.problems import Problem


def test_a_page_is_written_once_for_one_key(any_app, program_of):
    hana, body = program_of("hana"), {"title": "Redis", "text": "Fast.\n", "kind": "concept"}
    first = hana.post("/pages", body, headers={"Idempotency-Key": "k1"})
    assert first.status_code == 201
    assert first.headers["Location"] == "/api/v1/pages/concepts/redis"
    again = hana.post("/pages", body, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = hana.post("/pages", {**body, "text": "Slow.\n"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert hana.post("/pages", body).status_code == 409
    assert hana.get("/pages").json["items"][0]["updated_by"] == "hana"


def test_the_same_on_another_revision_is_another_request(app, program_of, make_page):
    hana, body = program_of("hana"), {"page": "a", "revision": 1}
    make_page("a")
    hana.patch("/pages/a", {"text": "New.\n"}, '"1-1"')
    sent = {
        base: hana.post(
            "/restorations", body, headers={"Idempotency-Key": "k", "If-Match": f'"1-{base}"'}
        )
        for base in (2, 3)
    }
    assert [sent[base].status_code for base in (2, 3)] == [201, 422]


def test_a_request_that_failed_may_be_sent_again_with_its_key(app, program_of, make_page):
    hana, key = program_of("hana"), {"Idempotency-Key": "k"}
    make_page("taken", title="Taken")
    body = {"title": "Taken", "path": "taken"}
    assert hana.post("/pages", body, headers=key).status_code == 409
    hana.delete("/pages/taken", '"1-1"')
    assert hana.post("/pages", body, headers=key).status_code == 201


def test_a_key_is_forgotten_after_a_day(app, program_of):
    hana, key = program_of("hana"), {"Idempotency-Key": "k"}
    assert hana.post("/pages", {"title": "One"}, headers=key).status_code == 201
    with time_machine.travel(utcnow() + timedelta(hours=23, minutes=59)):
        assert hana.post("/pages", {"title": "Two"}, headers=key).status_code == 422
    with time_machine.travel(utcnow() + timedelta(hours=24, minutes=1)):
        hana.token = token_of(app, factories.make_user(app, "hana"))
        assert hana.post("/pages", {"title": "Two"}, headers=key).status_code == 201


def test_a_request_that_is_still_being_done_is_not_done_twice(any_app, program_of, monkeypatch):
    hana, key, answers = program_of("hana"), {"Idempotency-Key": "k"}, []
    create = views.create_page

    def create_and_ask_again(*args, **named):
        answers.append(hana.post("/pages", {"title": "One"}, headers=key))
        return create(*args, **named)

    monkeypatch.setattr(views, "create_page", create_and_ask_again)
    assert hana.post("/pages", {"title": "One"}, headers=key).status_code == 201
    (meanwhile,) = answers
    assert (meanwhile.status_code, meanwhile.headers["Retry-After"]) == (409, "1")
    assert len(hana.get("/pages").json["items"]) == 1


def test_somebody_elses_key_is_another_one(app, program_of):
    key = {"Idempotency-Key": "k"}
    for name in ("hana", "dawit"):
        made = program_of(name).post("/pages", {"title": f"By {name}"}, headers=key)
        assert (made.status_code, made.json["path"]) == (201, f"by-{name}")


def test_the_answer_for_a_key_may_have_a_long_address(any_app, program_of):
    hana, key = program_of("hana"), {"Idempotency-Key": "k"}
    body = {"title": "Long", "path": "/".join(["学" * 60] * 4)}
    made = [hana.post("/pages", body, headers=key) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 201], made[0].text
    assert made[0].headers["Location"] == made[1].headers["Location"]


def test_what_was_done_is_answered_though_the_answer_cannot_be_kept(
    app, program_of, monkeypatch, caplog
):
    def fail(*_args):
        raise OperationalError("", {}, Exception("the disk is full"))

    monkeypatch.setattr(replay, "_keep", fail)
    key = {"Idempotency-Key": "k"}
    assert program_of("hana").post("/pages", {"title": "A"}, headers=key).status_code == 201
    assert "could not be kept" in caplog.text


def test_what_was_done_before_it_failed_is_not_done_again(app, program_of, monkeypatch):
    hana, key, create = program_of("hana"), {"Idempotency-Key": "k"}, views.create_page

    def create_and_fail(*args, **named):
        create(*args, **named)
        raise Problem(404, "The page was closed meanwhile")

    monkeypatch.setattr(views, "create_page", create_and_fail)
    first, again = (hana.post("/pages", {"title": "One"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (404, 409)
    assert "check what was stored" in again.json["detail"]
    assert len(hana.get("/pages").json["items"]) == 1


def test_keys_are_deleted_after_a_day_though_nobody_sends_another(app, program_of):
    assert program_of("hana").post("/pages", {"title": "A"}, headers={"Idempotency-Key": "k"})
    for hours, count in ((23, 1), (25, 0)):
        with app.app_context(), time_machine.travel(utcnow() + timedelta(hours=hours)):
            next(job for job in jobs_of(app) if job.name == "idempotency keys").run()
            assert (
                db.session.scalar(db.select(db.func.count()).select_from(IdempotencyKey)) == count
            )
