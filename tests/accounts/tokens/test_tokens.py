"""The page of one's access tokens."""

import re
from datetime import date, timedelta

import time_machine

from tests.factories import PASSWORD
from tests.pages.visible_text import main
from wiki.accounts.tokens import tokens
from wiki.accounts.tokens.models import AccessToken
from wiki.database import db, utcnow

URL = "/account/tokens"
TOKEN = re.compile(r"nexus_[0-9A-Za-z]{49}")


def test_a_token_is_shown_once_and_stored_as_a_hash(app, client_of):
    selam = client_of("selam")
    answer = selam.post_form(URL, name="backup", scope="read")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = TOKEN.search(answer.text)[0]
    listed = selam.get(URL).text
    assert "backup" in listed
    assert token not in listed
    with app.app_context():
        (row,) = db.session.scalars(db.select(AccessToken))
        assert token not in str(vars(row))
        assert timedelta(days=89) < row.expires_at - utcnow() < timedelta(days=90)
    assert selam.get("/drafts", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_what_makes_no_token_is_reported_and_comes_back(app, client_of):
    cases = [
        ({"name": " "}, "Enter a name"),
        ({"name": "x" * 81}, "80 characters"),
        ({"expiry": "date"}, "Choose a day."),
        ({"expiry": "date", "date": "2020-01-01"}, "still to come"),
        ({"expiry": "date", "date": "9999-12-31"}, "a year at most"),
        ({"expiry": "7"}, "Not a valid choice"),
        ({"scope": "admin"}, "Not a valid choice"),
    ]
    for fields, message in cases:
        answer = client_of("selam").post_form(URL, **({"name": "backup"} | fields))
        assert answer.status_code == 422, fields
        assert message in answer.text, fields
        assert f'value="{fields.get("name", "backup")}"' in answer.text, fields
        with app.app_context():
            assert not db.session.scalar(db.select(AccessToken)), fields


def test_a_day_is_its_end(app, client_of):
    day = date.today() + timedelta(days=10)  # nobody told their zone: UTC
    client_of("selam").post_form(URL, name="x", expiry="date", date=day.isoformat())
    with app.app_context():
        row = db.session.scalar(db.select(AccessToken))
        assert row.expires_at.date() == day + timedelta(days=1)


def test_administrators_alone_are_offered_administration(client_of):
    assert 'value="admin"' not in client_of("selam").get(URL).text
    assert 'value="admin"' in client_of("boss", role="admin").get(URL).text


def test_revoking_ends_one_or_all_of_ones_own(client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    for name in ("one", "two", "three"):
        selam.post_form(URL, name=name)
    csrf = dawit.open_form(URL).values["csrf_token"]
    assert dawit.post(f"{URL}/1/revoke", data={"csrf_token": csrf}).status_code == 404
    csrf = selam.open_form(URL).values["csrf_token"]
    assert selam.post(f"{URL}/1/revoke", data={"csrf_token": csrf}).status_code == 303
    assert "one" not in re.findall(r"<bdi>(\w+)</bdi>", selam.get(URL).text)
    assert selam.post(f"{URL}/1/revoke", data={"csrf_token": csrf}).status_code == 404
    answer = selam.post(f"{URL}/revoke", data={"csrf_token": csrf})
    assert answer.status_code == 303
    assert "2 tokens have been revoked" in main(selam.get(URL))
    assert "You have no access tokens." in main(selam.get(URL))


def test_there_is_an_end_of_tokens(client_of, monkeypatch):
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    selam = client_of("selam")
    selam.post_form(URL, name="one")
    answer = selam.post_form(URL, name="two")
    assert answer.status_code == 422
    assert "too many tokens" in answer.text


def test_the_log_says_who_made_and_revoked_which(client_of):
    boss = client_of("boss", role="admin")
    boss.post_form(URL, name="nightly")
    csrf = boss.open_form(URL).values["csrf_token"]
    boss.post(f"{URL}/1/revoke", data={"csrf_token": csrf})
    log = main(boss.get("/admin/audit"))
    assert "nightly: read" in log
    assert "Access token revoked : nightly" in log
    assert not TOKEN.search(log)


def test_a_new_password_offers_to_revoke_them(client_of):
    selam = client_of("selam")
    assert "revoke_tokens" not in selam.get("/account/settings").text
    selam.post_form(URL, name="one")
    change = {"password": "a newer battery", "current_password": PASSWORD}
    change["password_confirm"] = change["password"]
    assert "1 in use" in main(selam.get("/account/settings"))
    selam.post_form("/account/settings", revoke_tokens=True, **change)
    assert "You have no access tokens." in main(selam.get(URL))


def test_who_signed_in_long_ago_gives_their_password(app, client_of):
    selam = client_of("selam")
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        assert 'name="current_password"' in selam.get(URL).text
        for password in (None, "wrong"):
            answer = selam.post_form(URL, name="x", current_password=password)
            assert answer.status_code == 422
            assert 'value="x"' in answer.text
        assert TOKEN.search(selam.post_form(URL, name="x", current_password=PASSWORD).text)
        # Asked once within ten minutes.
        assert TOKEN.search(selam.post_form(URL, name="y").text)
    with app.app_context():
        assert db.session.query(AccessToken).count() == 2


def test_nobody_elses_sign_in_counts(app, client_of, make_user):
    selam = client_of("selam")
    with selam.session_transaction() as cookie:
        cookie["signed_in_at"] = [make_user("dawit").id, cookie["signed_in_at"][1]]
    assert selam.post_form(URL, name="x").status_code == 422


def test_signing_out_everywhere_else_proves_nothing(client_of):
    selam = client_of("selam")
    with selam.session_transaction() as cookie:
        cookie["signed_in_at"][1] -= 3600
        cookie.modified = True
    form = {"csrf_token": selam.open_form("/account/settings").values["csrf_token"]}
    assert selam.post("/account/settings/sessions", data=form).status_code == 303
    answer = selam.post_form(URL, name="backup", scope="write")
    assert answer.status_code == 422
    assert not TOKEN.search(answer.text)
    assert 'name="current_password"' in answer.text
