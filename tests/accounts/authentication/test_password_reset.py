"""Password reset links."""

import logging
import re
import threading
from html import unescape

import pytest
import time_machine

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from tests.pages.visible_text import field_error, main
from wiki.accounts.audit_log import AuditEvent
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.users import user_by_name
from wiki.database import db, utcnow, write_transaction

NEW = "several unrelated words"
HOUR = 3600


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


@pytest.fixture
def ask(admin):
    """`ask("selam")`: the administrator's response after creating a link."""

    def ask(username, by=None):
        token = admin.open_form("/admin/people/abeba").values["csrf_token"]
        address = f"/admin/people/{username}/password"
        return (by or admin).post(address, data={"csrf_token": token})

    return ask


@pytest.fixture
def link(ask):
    """`link("selam")`: the link for her, without the wiki's address."""

    def link(username="selam"):
        shown = re.findall(r'value="http://localhost(/account/password[^"]*)"', ask(username).text)
        assert len(shown) == 1
        return unescape(shown[0])

    return link


def set_password(person, address, password=NEW, again=None):
    return person.post_form(address, password=password, password_confirm=again or password)


def later(seconds):
    return time_machine.travel(utcnow().timestamp() + seconds, tick=False)


def test_the_whole_way(any_app, admin, client_of, sign_in, link):
    client, selam = any_app.test_client(), client_of("selam")
    page = admin.get("/admin/people/selam")
    assert 'action="/admin/people/selam/password"' in page.text
    address = link()
    assert is_signed_in(selam)
    asked = client.get(address)
    assert "New password for selam" in main(asked)
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Referrer-Policy"] == "same-origin"
    answer = set_password(client, address)
    assert (answer.status_code, answer.location) == (303, "/account/login")
    assert not is_signed_in(client)
    assert "selam has a new password" in main(client.get("/account/login"))
    assert not is_signed_in(selam)
    assert sign_in("selam", PASSWORD, by=client).status_code == 422
    assert sign_in("selam", NEW, by=client).status_code == 303
    assert is_signed_in(client)


def test_the_sign_in_page_says_whom_to_ask(client):
    assert "Ask an administrator for a link" in main(client.get("/account/login"))


def test_it_sets_a_password_once(client, client_of, sign_in, link):
    client_of("selam")
    address, other = link(), link()
    form = client.open_form(address)
    assert set_password(client, address).status_code == 303
    for spent in (address, other):
        answer = client.get(spent)
        assert answer.status_code == 410
        assert "This link has already been used" in main(answer)
        assert "Ask an administrator for a new one." in main(answer)
        assert answer.headers["Cache-Control"] == "no-store"
    again = form.submit(password="another good one", password_confirm="another good one")
    assert again.status_code == 410
    assert sign_in("selam", NEW).status_code == 303


def test_it_offers_to_revoke_access_tokens(client, client_of, link):
    selam = client_of("selam")
    assert "revoke_tokens" not in client.get(link()).text
    selam.post_form("/account/tokens", name="backup")
    client.post_form(link(), password=NEW, password_confirm=NEW, revoke_tokens=True)
    client.post_form("/account/login", username="selam", password=NEW)
    assert "You have no access tokens." in main(client.get("/account/tokens"))


def test_it_lists_passkeys_and_offers_to_remove_them(app, client, client_of, link):
    client_of("selam")
    assert "remove_passkeys" not in client.get(link()).text
    with app.app_context():
        number = user_by_name("selam").id
        with write_transaction() as session:
            for key, name in enumerate(("laptop", "<old phone>")):
                row = {"credential_id": str(key), "public_key": b"x", "sign_count": 0}
                session.add(Passkey(user_id=number, name=name, **row))
    page = main(client.get(link()))
    assert "laptop" in page
    assert "<old phone>" in page
    client.post_form(link(), password=NEW, password_confirm=NEW)
    with app.app_context():
        assert db.session.query(Passkey).count() == 2
    client.post_form(link(), password=NEW + "!", password_confirm=NEW + "!", remove_passkeys="y")
    with app.app_context():
        assert db.session.query(Passkey).count() == 0
        log = db.session.scalars(db.select(AuditEvent).filter_by(action="passkey-removed")).all()
        assert {event.subject for event in log} == {"laptop", "<old phone>"}


def test_a_password_that_was_changed_meanwhile_ends_it(client, client_of, link):
    selam = client_of("selam")
    address = link()
    changed = {"password": NEW, "password_confirm": NEW, "current_password": PASSWORD}
    assert selam.post_form("/account/settings", **changed).status_code == 303
    assert client.get(address).status_code == 410


def test_it_lasts_a_day(client, client_of, sign_in, link):
    client_of("selam")
    address = link()
    form = client.open_form(address)
    with later(23.9 * HOUR):
        assert client.get(address).status_code == 200
    with later(24.1 * HOUR):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "has expired" in main(answer)
        form.values["csrf_token"] = client.open_form("/account/login").values["csrf_token"]
        assert form.submit(password=NEW, password_confirm=NEW).status_code == 410
    assert sign_in("selam").status_code == 303


def test_a_link_that_was_tampered_with_is_none(client, client_of, link):
    client_of("selam")
    token = link().partition("?link=")[2]
    cases = [
        lambda token: "",
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: token + "A",
        lambda token: "x",
        lambda token: "\0",
        lambda token: "ሰላም",
        lambda token: token.partition(".")[0],
        lambda token: "WzIsIngiXQ" + token[token.index(".") :],
        lambda token: "A" * 5_000,
    ]
    for change in cases:
        answer = client.get("/account/password", query_string={"link": change(token)})
        assert answer.status_code == 404, change
        assert "is incomplete" in main(answer), change


def test_an_invitation_sets_no_password(app, client, make_user):
    from wiki.accounts.registration.invitations import create_invitation

    make_user("selam")
    with app.app_context():
        token = create_invitation()
    assert client.get(f"/account/password?link={token}").status_code == 404


def test_no_link_at_all(client):
    assert client.get("/account/password").status_code == 404


def test_an_account_that_is_switched_off_stays_so(admin, client, client_of, sign_in, link):
    client_of("selam")
    address = link()
    form = client.open_form(address)
    admin.post_form("/admin/people/selam", access="off")
    assert "/admin/people/selam/password" not in admin.get("/admin/people/selam").text
    answer = client.get(address)
    assert answer.status_code == 403
    assert "This account is disabled. Ask an administrator." in main(answer)
    assert form.submit(password=NEW, password_confirm=NEW).status_code == 403
    admin.post_form("/admin/people/selam", access="on")
    assert sign_in("selam").status_code == 303


@pytest.mark.parametrize(
    ("passwords", "told"),
    [
        (("tiny", "tiny"), ("password", "too short")),
        (("selamtesfaye", "selamtesfaye"), ("password", "little more than your name")),
        (("password1", "password1"), ("password", "anyone would guess")),
        ((NEW, "another good one"), ("password_confirm", "don’t match")),
        (("", ""), ("password", "Enter a password")),
    ],
)
def test_it_has_to_be_as_good_as_at_registration(client, make_user, link, passwords, told):
    make_user("selamtesfaye")
    address = link("selamtesfaye")
    answer = set_password(client, address, *passwords)
    assert answer.status_code == 422
    field, words = told
    assert words in field_error(answer, field)
    assert set_password(client, address).status_code == 303


@pytest.mark.parametrize("role", ["learner", "reader"])
def test_only_administrators_make_one(client_of, ask, role):
    dawit = client_of("dawit", role=role)
    client_of("selam")
    token = dawit.open_form("/account/settings").values["csrf_token"]
    answer = dawit.post("/admin/people/selam/password", data={"csrf_token": token})
    assert answer.status_code == 403
    assert "/account/password" not in answer.text


def test_a_forged_request_and_a_stranger_make_none(admin, client, client_of):
    client_of("selam")
    assert admin.post("/admin/people/selam/password").status_code == 400
    token = client.open_form("/account/login").values["csrf_token"]
    answer = client.post("/admin/people/selam/password", data={"csrf_token": token})
    assert answer.status_code == 401
    assert admin.get("/admin/people/selam/password").status_code == 405


def test_the_form_has_its_token(client, client_of, link):
    client_of("selam")
    answer = client.post(link(), data={"password": NEW, "password_confirm": NEW})
    assert answer.status_code == 400


def test_nobody_of_that_name(ask):
    assert ask("nobody").status_code == 404


def test_ones_own_is_changed_in_the_settings(admin, ask):
    assert "/password" not in admin.get("/admin/people/abeba").text
    assert ask("abeba").location == "/account/settings"


@pytest.mark.settings(base_url="https://wiki.example.org")
def test_the_link_has_the_address_of_the_wiki(client_of, ask):
    client_of("selam")
    assert 'value="https://wiki.example.org/account/password?link=' in ask("selam").text


@pytest.mark.settings(rate_limits=True)
def test_it_cannot_be_tried_without_end(client, client_of, link):
    client_of("selam")
    address = link()
    answers = [set_password(client, address, "tiny").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_it_is_not_logged(client, client_of, link, caplog):
    client_of("selam")
    with caplog.at_level(logging.DEBUG):
        address = link()
        set_password(client, address)
        client.get(address)
    assert address.partition("=")[2] not in caplog.text


def test_of_several_who_use_it_at_once_one_sets_a_password(any_app, make_user, link):
    make_user("selam")
    address = link()
    forms = [any_app.test_client().open_form(address) for _ in range(4)]
    start, statuses = threading.Barrier(len(forms)), []

    def send(number):
        start.wait()
        chosen = f"{NEW} {number}"
        statuses.append(forms[number].submit(password=chosen, password_confirm=chosen).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, *[410] * 3]
