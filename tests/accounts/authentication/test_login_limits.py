"""Limits on attempts, and that nobody is locked out by those of others."""

import threading
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import create_engine, text

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from wiki import create_app
from wiki.accounts.authentication import login_limits
from wiki.accounts.registration.invitations import (
    InvitationTerms,
    create_invitation,
    revoke_invitation,
)
from wiki.accounts.users import user_by_name
from wiki.app_state import settings_of
from wiki.database import db, utcnow
from wiki.rate_limits import LimitReached, count_attempt, limiter
from wiki.rate_limits.keys import network_of
from wiki.rate_limits.messages import format_duration

pytestmark = [pytest.mark.settings(rate_limits=True), pytest.mark.usefixtures("no_haste")]


@pytest.fixture
def at(app):
    """`at("203.0.113.9")`: a browser at that address."""

    def at(address, **environ):
        client = app.test_client()
        client.environ_base |= {"REMOTE_ADDR": address, **environ}
        return client

    return at


# Signing in


def test_one_name_cannot_be_guessed_at_without_end(client, make_user, sign_in):
    make_user("selam")
    answers = [sign_in(name, "wrong").status_code for name in ["selam", "SELAM "] * 3]
    assert answers == [422] * 5 + [429]
    assert sign_in("dawit", "wrong").status_code == 422


def test_what_was_counted_while_the_clock_was_ahead_is_forgotten(any_app, make_user, sign_in):
    make_user("selam")
    with time_machine.travel(utcnow() + timedelta(days=1)):
        answers = [sign_in("selam", "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert sign_in("selam", "wrong").status_code == 422


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("\uff53elam@example.org", "selam@example.org"),
        ("sel\u0251m@example.org", "selam@example.org"),
        ("selam", "selam@example.org"),
    ],
)
def test_what_counts_as_one_tells_nobody_who_has_an_address(at, make_user, sign_in, first, then):
    make_user("selam")

    def answers(address):
        client = at(address)
        return [sign_in(name, "wrong", by=client).status_code for name in [first] * 5 + [then]]

    without = answers("203.0.113.1")
    with at("203.0.113.2").application.app_context():
        person = user_by_name("selam")
        person.email = person.email_key = "selam@example.org"
        db.session.commit()
    assert answers("203.0.113.2") == without == [422] * 6


def test_one_address_cannot_guess_at_many_names(client, sign_in):
    answers = [sign_in(f"person{n}", "wrong").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]


def test_who_is_refused_keeps_the_name_and_hears_how_long(client, make_user, sign_in):
    make_user("selam")
    for _ in range(5):
        sign_in("selam", "wrong")
    answer = sign_in("selam", "wrong again", remember=True)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    told = format_duration(int(answer.headers["Retry-After"]))
    assert f"Wait {told}, then try again." in answer.text
    assert 'value="selam"' in answer.text
    assert " checked" in answer.text
    assert "wrong again" not in answer.text


def test_nobody_is_kept_out_by_failures_from_elsewhere(at, make_user, sign_in):
    make_user("boss", role="admin")
    bad = at("198.51.100.9")
    for _ in range(10):
        sign_in("boss", "wrong", by=bad)
    assert sign_in("boss", by=bad).status_code == 429
    for n in range(6):
        assert sign_in("boss", by=at(f"203.0.113.{n}")).status_code == 303


def test_who_was_here_before_is_let_in_from_where_others_fail(at, make_user, sign_in):
    make_user("boss")
    own = at("198.51.100.9")
    sign_in("boss", by=own)
    own.post_form("/account/logout")
    bad = at("198.51.100.9")
    for _ in range(8):
        sign_in("boss", "wrong", by=bad)
    assert sign_in("boss", by=bad).status_code == 429
    assert sign_in("boss", by=own).status_code == 303


def test_a_device_that_is_known_may_not_guess_without_end_either(at, make_user, sign_in):
    make_user("selam")
    own = at("198.51.100.9")
    sign_in("selam", by=own)
    own.post_form("/account/logout")
    answers = [sign_in("selam", "wrong", by=own).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_device_is_known_for_its_own_people_only(at, make_user, sign_in):
    make_user("selam")
    make_user("boss")
    own = at("198.51.100.9")
    sign_in("selam", by=own)
    own.post_form("/account/logout")
    for _ in range(5):
        sign_in("boss", "wrong", by=at("198.51.100.9"))
    assert sign_in("boss", by=own).status_code == 429


def test_many_addresses_at_one_name_get_few_tries_each_and_the_owner_gets_in(
    at, make_user, sign_in, monkeypatch
):
    monkeypatch.setattr(login_limits, "FAILURE_RATE_BY_NAME", "12 per hour")
    make_user("boss")
    for n in range(4):
        for _ in range(3):
            sign_in("boss", "wrong", by=at(f"198.51.100.{n}"))
    late = at("198.51.100.200")
    answers = [sign_in("boss", "wrong", by=late).status_code for _ in range(4)]
    assert answers == [422] * 3 + [429]
    assert sign_in("boss", by=at("203.0.113.7")).status_code == 303


def test_the_wait_grows_and_ends(client, make_user, sign_in):
    make_user("selam")
    waits = []
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for _ in range(40):
            answer = sign_in("selam", "wrong")
            if answer.status_code == 429:
                waits.append(int(answer.headers["Retry-After"]))
                clock.shift(waits[-1])
        assert waits[0] <= 60 < max(waits) <= 3600
        clock.shift(3600)
        assert sign_in("selam").status_code == 303


def test_signing_in_often_does_not_count_as_guessing(app, make_user, sign_in):
    make_user("selam")
    answers = [sign_in("selam", by=app.test_client()).status_code for _ in range(20)]
    assert answers == [303] * 20


def test_who_is_known_signs_in_no_oftener_than_people_do(at, make_user, sign_in, monkeypatch):
    monkeypatch.setattr(login_limits, "LOGIN_RATE_BY_ACCOUNT", "3 per minute")
    make_user("selam")
    make_user("dawit")
    own = at("198.51.100.9")
    assert sign_in("selam", by=own).status_code == 303
    answers = []
    for _ in range(4):
        own.delete_cookie("nexus_session")
        answers.append(sign_in("selam", by=own).status_code)
    assert answers == [303] * 3 + [429]
    assert sign_in("selam", by=at("198.51.100.9")).status_code == 303
    assert sign_in("dawit", by=own).status_code == 303


def test_as_many_are_let_through_at_once_as_one_after_another(any_app, make_user):
    make_user("selam")
    forms = [any_app.test_client().open_form("/account/login") for _ in range(12)]
    start, statuses = threading.Barrier(len(forms)), []

    def send(form):
        start.wait()
        statuses.append(form.submit(username="selam", password="wrong").status_code)

    threads = [threading.Thread(target=send, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [422] * 5 + [429] * 7


def test_all_processes_count_together(any_app, make_user, sign_in):
    make_user("selam")
    for _ in range(3):
        sign_in("selam", "wrong", by=any_app.test_client())
    limiter.storage.close()
    other = create_app(settings_of(any_app))  # what another worker does
    other.testing, other.test_client_class = True, any_app.test_client_class
    answers = [sign_in("selam", "wrong", by=other.test_client()).status_code for _ in range(3)]
    with other.app_context():
        db.engine.dispose()
    assert answers == [422, 422, 429]


@pytest.mark.settings(rate_limits=True, rate_limit_storage="sqlite:////dev/full/limits.sqlite3")
def test_where_nothing_can_be_counted_the_process_counts_for_itself(client, make_user, sign_in):
    make_user("selam")
    assert [sign_in("selam", "wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert sign_in("dawit", "wrong").status_code == 422


def test_a_broken_file_of_limits_is_begun_anew(app, client, make_user, sign_in):
    make_user("selam")
    file = settings_of(app).instance / "limits.sqlite3"
    file.write_bytes(b"this is no database" * 400)
    for _ in range(2):
        assert sign_in("selam", "wrong").status_code == 422
    with create_engine(f"sqlite:///{file}").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM rate_limit_hit"))


def test_a_table_of_limits_that_is_gone_is_made_anew_and_the_log_names_nobody(
    app, client, make_user, sign_in, caplog
):
    make_user("selam")
    assert sign_in("selam", "wrong").status_code == 422
    engine = create_engine(f"sqlite:///{settings_of(app).instance / 'limits.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE rate_limit_hit"))
    assert sign_in("selam", "wrong").status_code == 422
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM rate_limit_hit"))
    engine.dispose()
    assert "limits are counted in memory" in caplog.text
    assert "127.0.0.1" not in caplog.text


# Who counts as one


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:51234", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("64:ff9b::cb00:7109", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("garbage-7", None),
        ("203.0.113.999", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_counts_with_its_network(address, counted):
    assert network_of(address) == counted


def test_a_network_of_ipv6_is_one(at, make_user, sign_in):
    make_user("selam")
    browsers = [at(f"2001:db8:1:2::{n:x}") for n in range(1, 7)]
    answers = [sign_in("selam", "wrong", by=browser).status_code for browser in browsers]
    assert answers == [422] * 5 + [429]
    assert sign_in("selam", by=at("2001:db8:1:3::1")).status_code == 303


@pytest.mark.settings(rate_limits=True, proxies=1)
def test_what_is_no_address_makes_nobody_another_one(at, make_user, sign_in):
    make_user("selam")
    browsers = [at("10.0.0.1", HTTP_X_FORWARDED_FOR=f"garbage-{n}") for n in range(6)]
    answers = [sign_in("selam", "wrong", by=browser).status_code for browser in browsers]
    assert answers == [422] * 5 + [429]


# Registering


def test_a_school_can_register_behind_one_address(app, register):
    answers = [register(f"person{n:02}x", by=app.test_client()).status_code for n in range(30)]
    assert answers == [303] * 30


def test_one_address_cannot_register_without_end(app, client, register, monkeypatch):
    monkeypatch.setattr(login_limits, "REGISTRATION_RATE_BY_ADDRESS", "3 per hour")
    for n in range(3):
        assert register(f"person{n}", by=app.test_client()).status_code == 303
    answer = register("selam", email="s@example.org", by=app.test_client())
    assert answer.status_code == 429
    minutes = -(-int(answer.headers["Retry-After"]) // 60)
    assert 55 < minutes <= 60
    assert f"Wait {minutes} minutes, then try again." in answer.text
    assert 'value="selam"' in answer.text
    assert 'value="s@example.org"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("registration", ["open", "invite"])
def test_who_is_invited_is_held_up_by_no_limit(
    make_app, make_user, register, monkeypatch, registration
):
    monkeypatch.setattr(login_limits, "REGISTRATION_RATE_BY_ADDRESS", "1 per hour")
    app = make_app(rate_limits=True, registration=registration)
    make_user("boss", role="admin")
    with app.app_context():
        link = f"?invite={create_invitation(InvitationTerms('Class 7', 12))}"
    for n in range(12):
        answer = register(f"person{n}", by=app.test_client(), at=link)
        assert answer.status_code == 303


@pytest.mark.parametrize("end", ["used-up", "revoked"])
def test_whose_invitation_has_ended_is_told_so_beside_the_limit(
    make_app, make_user, register, monkeypatch, end
):
    monkeypatch.setattr(login_limits, "REGISTRATION_RATE_BY_ADDRESS", "1 per hour")
    app = make_app(rate_limits=True, registration="open")
    make_user("boss", role="admin")
    with app.app_context():
        link = f"?invite={create_invitation(InvitationTerms('Class 7', 1))}"
        if end == "revoked":
            revoke_invitation(1)
    answers = [register(f"person{n}", by=app.test_client(), at=link) for n in range(3)]
    last = answers[-1]
    assert last.status_code == 429
    told = "has been revoked" if end == "revoked" else "has been used up"
    assert told in last.text
    assert "Wait " in last.text
    assert 'value="person2"' in last.text
    assert told in app.test_client().get(f"/account/register{link}").text


def test_mistyping_does_not_use_up_registrations(client, register):
    for _ in range(62):
        assert register("selam", password="tiny").status_code == 422
    assert register("selam", password=PASSWORD).status_code == 303


# Other forms


def test_the_present_password_is_not_guessed_at_in_the_settings(app, client_of):
    thief, selam = client_of("selam"), client_of("selam")
    wrong = {"email": "s@example.org", "current_password": "wrong"}
    answers = [thief.post_form("/account/settings", **wrong) for _ in range(6)]
    assert [a.status_code for a in answers] == [422] * 5 + [429]
    assert 'value="s@example.org"' in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) <= 60
    right = {"email": "s@example.org", "current_password": PASSWORD}
    assert selam.post_form("/account/settings", **right).status_code == 303


def test_the_page_of_a_limit_tells_the_wait(app, client, make_user):
    answers = [client.get("/search/old?q=redis") for _ in range(60)]
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert int(limited.headers["Retry-After"]) <= 3600
    assert "Wait " in unescape(limited.text)


@pytest.mark.settings(rate_limits=False)
def test_without_limits_nobody_is_stopped(client, sign_in, make_user):
    make_user("selam")
    assert {sign_in("selam", "wrong").status_code for _ in range(12)} == {422}
    assert not is_signed_in(client)


def test_of_two_limits_both_count_or_neither(context):
    for _ in range(2):
        count_attempt("2 per minute; 9 per hour", "a")
    for _ in range(3):
        with pytest.raises(LimitReached):
            count_attempt("2 per minute; 9 per hour", "a")
    # The minute's refusals left the hour as it was.
    for n in range(7):
        with time_machine.travel(1_900_000_000 + 61 * n, tick=False):
            count_attempt("2 per minute; 9 per hour", "b")
