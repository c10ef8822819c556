"""Registering passkeys and signing in with them, with an authenticator in software."""

import html
import json
import re
from datetime import timedelta

import pytest
import time_machine

from tests.accounts.conftest import is_signed_in
from tests.accounts.passkeys.authenticator import PRESENT, Authenticator
from tests.factories import PASSWORD
from tests.pages.visible_text import main
from wiki.accounts.authentication import login_limits
from wiki.accounts.passkeys import passkeys
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.users import change_user, user_by_name
from wiki.database import db, utcnow

URL = "/account/passkeys"
LOGIN = "/account/login/passkey"


def register(client, device, name="laptop", **changed):
    """The answer to the form of a new passkey, with what `device` made."""
    assert client.post_form(URL, current_password=PASSWORD).location == f"{URL}/new"
    page = client.get(f"{URL}/new")
    options = json.loads(html.unescape(re.search(r'data-new-passkey="([^"]+)"', page.text)[1]))
    form = client.form_in(page, f"{URL}/new")
    return form.submit(name=name, credential=device.create(options | changed))


def options_of(client):
    return client.get(f"{LOGIN}/options").json


def sign_in(client, device, **changed):
    answer = device.get(options_of(client) | changed)
    return send(client, answer)


def send(client, credential):
    csrf = client.open_form("/account/login").values["csrf_token"]
    return client.post(
        f"{LOGIN}?next=/changes", data={"csrf_token": csrf, "credential": credential}
    )


@pytest.fixture
def device(client_of):
    """A device whose key selam has registered."""
    device = Authenticator()
    assert register(client_of("selam"), device).status_code == 303
    return device


def test_a_passkey_signs_in_without_password_and_code(any_app, client, device):
    answer = sign_in(client, device)
    assert answer.location == "/changes"
    assert is_signed_in(client)
    assert "laptop" in client.get(URL).text
    assert "last used" in client.get(URL).text


def test_what_is_asked_for_is_a_key_that_knows_its_person(client_of):
    options = options_of(client_of("selam"))
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert options["allowCredentials"] == []


def test_the_site_is_that_of_the_setting(make_app, make_user):
    client = make_app(base_url="https://wiki.example/learn").test_client()
    assert client.get("/account/login/passkey/options").json["rpId"] == "wiki.example"


def refused(client, answer, message):
    assert answer.status_code == 422
    assert message in answer.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("counts", [True, False], ids=["counting", "synchronized"])
def test_an_answer_is_taken_once(app, client, device, counts):
    options = options_of(client)
    cookie = client.get_cookie("nexus_session").value
    answer = device.get(options)
    assert send(client, answer).status_code == 303
    if not counts:
        with app.app_context():
            db.session.execute(db.update(Passkey).values(sign_count=0))
            db.session.commit()
    thief = app.test_client()
    thief.set_cookie("nexus_session", cookie)
    refused(thief, send(thief, answer), "could not be verified" if counts else "sent twice")


def test_an_answer_to_another_browser_is_refused(app, client, device):
    answer = device.get(options_of(app.test_client()))
    options_of(client)
    refused(client, send(client, answer), "could not be verified")


def test_a_challenge_is_valid_for_ten_minutes(client, device):
    answer = device.get(options_of(client))
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        refused(client, send(client, answer), "took too long")


def test_a_copy_of_a_key_that_counts_is_noticed(client, device):
    sign_in(client, device)
    client.post_form("/account/logout")
    device.count = 0
    refused(client, sign_in(client, device), "could not be verified")


def lies():
    elsewhere, unverified = Authenticator("https://evil.example"), Authenticator(flags=PRESENT)
    other_site = Authenticator()
    other_site.rp_id = "evil.example"
    return {"origin": elsewhere, "verification": unverified, "site": other_site}


@pytest.mark.parametrize("lie", ["origin", "verification", "site"])
def test_what_another_site_or_an_unlocked_device_made_is_refused(app, client_of, lie):
    answer = register(client_of("selam"), lies()[lie])
    assert answer.status_code == 422
    assert "could not be verified" in answer.text
    with app.app_context():
        assert not db.session.scalar(db.select(Passkey))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("origin", "https://evil.example"),
        ("rp_id", "evil.example"),
        ("flags", PRESENT),
        ("user", b"2"),
    ],
)
def test_the_same_holds_for_signing_in(client, device, claim, value):
    setattr(device, claim, value)
    answer = sign_in(client, device)
    assert answer.status_code == 422
    assert not is_signed_in(client)


def test_garbage_is_refused(client, device):
    cases = [
        *("", "{}", "[]", "null", "{" * 9999, '{"response": {}}'),
        *('{"id": 1, "response": {}}', r'{"id": "\u0000", "response": {}}'),
        r'{"id": "\ud800", "response": {}}',
    ]
    for sent in cases:
        options_of(client)
        assert send(client, sent).status_code == 422, sent


def test_a_removed_one_and_an_unknown_one_are_refused(client_of, client, device):
    selam = client_of("selam")
    csrf = {"csrf_token": selam.open_form(URL).values["csrf_token"]}
    assert selam.post(f"{URL}/1/remove", data=csrf).status_code == 303
    refused(client, sign_in(client, device), "isn’t known here")
    refused(client, sign_in(client, Authenticator()), "isn’t known here")


def test_the_last_way_in_stays(any_app, client_of, device):
    selam = client_of("selam")
    assert register(selam, Authenticator(), "phone").status_code == 303
    with any_app.app_context():
        user_by_name("selam").password_hash = None
        db.session.commit()
    csrf = {"csrf_token": selam.open_form(URL).values["csrf_token"]}
    for number in (1, 2):
        assert selam.post(f"{URL}/{number}/remove", data=csrf).status_code == 303
    page = main(selam.get(URL))
    assert "“laptop” has been removed." in page
    assert "Set a password first: you could no longer sign in without this." in page
    with any_app.app_context():
        assert [key.name for key in db.session.scalars(db.select(Passkey))] == ["phone"]


def test_nobody_removes_somebody_elses(client_of, device):
    dawit = client_of("dawit")
    csrf = {"csrf_token": dawit.open_form(URL).values["csrf_token"]}
    assert dawit.post(f"{URL}/1/remove", data=csrf).status_code == 404


def test_a_disabled_person_stays_out(app, client, device):
    with app.app_context():
        change_user("selam", is_enabled=False)
    refused(client, sign_in(client, device), "disabled")


def test_adding_one_takes_the_password(client_of):
    selam = client_of("selam")
    assert selam.get(f"{URL}/new").location == URL
    assert selam.post_form(URL, current_password="wrong").status_code == 422
    assert selam.get(f"{URL}/new").location == URL


def test_one_key_is_registered_once_and_needs_a_name(client_of, device):
    selam = client_of("selam")
    again = register(selam, device)
    assert again.status_code == 422
    assert "already registered" in again.text
    assert "Enter a name" in register(selam, Authenticator(), name=" ").text


def test_there_is_an_end_of_them(client_of, device, monkeypatch):
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 1)
    assert "too many passkeys" in register(client_of("selam"), Authenticator()).text


def test_the_log_says_so(client_of):
    boss = client_of("boss", role="admin")
    register(boss, Authenticator())
    assert "Passkey added : laptop" in main(boss.get("/admin/audit"))


@pytest.mark.settings(rate_limits=True)
def test_signing_in_with_a_passkey_is_limited(any_app, client, device, monkeypatch):
    monkeypatch.setattr(login_limits, "LOGIN_RATE_BY_ADDRESS", "1 per minute")
    assert sign_in(client, device).status_code == 303
    other = any_app.test_client()
    assert sign_in(other, device).status_code == 429
    assert not is_signed_in(other)
