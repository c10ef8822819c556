"""What signing out ends, and the list of a person's sessions."""

import time
from datetime import timedelta

import pytest
import time_machine

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from tests.pages.visible_text import main
from wiki.accounts.authentication import sessions
from wiki.accounts.models import LoginSession
from wiki.accounts.users import user_by_name
from wiki.database import StorageUnavailable, db, utcnow

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture
def signed_in(app, make_user, sign_in):
    """`signed_in(PHONE, remember=True)`: a browser in which selam has signed in by the form."""

    def signed_in(agent=LAPTOP, **fields):
        make_user("selam")
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        assert sign_in("selam", by=client, **fields).status_code == 303
        return client

    return signed_in


def copy_of(app, client, *names):
    """Another browser with the same cookies."""
    thief = app.test_client()
    for name in names:
        thief.set_cookie(name, client.get_cookie(name).value)
    return thief


@pytest.mark.parametrize("cookie", ["nexus_session", "nexus_remember"])
def test_a_copied_cookie_is_worth_nothing_after_signing_out(any_app, signed_in, cookie):
    selam = signed_in(remember=True)
    thief = copy_of(any_app, selam, cookie)
    late = copy_of(any_app, selam, cookie)
    assert is_signed_in(thief)
    selam.post_form("/account/logout")
    assert not is_signed_in(thief)
    assert not is_signed_in(late)


def test_signing_out_here_leaves_the_others(signed_in):
    here, there = signed_in(LAPTOP), signed_in(PHONE)
    here.post_form("/account/logout")
    assert is_signed_in(there)


def test_the_list_tells_them_apart_and_ends_one(signed_in):
    here, there = signed_in(LAPTOP), signed_in(PHONE)
    listed = main(here.get("/account/settings/sessions"))
    assert "Chrome on Linux this device" in listed
    assert "Firefox on Android" in listed
    with here.application.app_context():
        person = user_by_name("selam")
        (phone,) = [s for s in sessions.active_sessions(person.id) if "Android" in s.device]
    token = here.open_form("/account/settings").values["csrf_token"]
    data = {"csrf_token": token, "session": phone.id}
    assert here.post("/account/settings/sessions", data=data).status_code == 303
    assert not is_signed_in(there)
    assert is_signed_in(here)
    assert "Firefox on Android" not in main(here.get("/account/settings/sessions"))


def test_nobody_ends_somebody_elses(signed_in, client_of):
    there, dawit = signed_in(PHONE), client_of("dawit")
    with there.application.app_context():
        (phone,) = sessions.active_sessions(user_by_name("selam").id)
    token = dawit.open_form("/account/settings").values["csrf_token"]
    dawit.post("/account/settings/sessions", data={"csrf_token": token, "session": phone.id})
    assert is_signed_in(there)


def test_signing_out_everywhere_ends_this_one_too(signed_in):
    here, there = signed_in(LAPTOP, remember=True), signed_in(PHONE)
    token = here.open_form("/account/settings").values["csrf_token"]
    data = {"csrf_token": token, "everywhere": "y"}
    assert here.post("/account/settings/sessions", data=data).location == "/"
    assert not is_signed_in(here)
    assert not is_signed_in(there)


@pytest.mark.parametrize(("remember", "days", "is_in"), [(False, 32, False), (True, 32, True)])
def test_a_session_that_is_not_used_ends(app, signed_in, remember, days, is_in):
    selam = signed_in(remember=remember)
    cookie = "nexus_remember" if remember else "nexus_session"
    with app.app_context():
        for row in db.session.scalars(db.select(LoginSession)):
            row.used_at = utcnow() - timedelta(days=days)
        db.session.commit()
    assert is_signed_in(copy_of(app, selam, cookie)) is is_in


def test_using_a_session_is_noted_once_an_hour_and_costs_reading_nothing(
    any_app, client, register, queries
):
    register("selam")
    selam = client
    selam.get("/account/logout")
    with queries(at_most=1):
        selam.get("/account/logout")
    with time_machine.travel(utcnow() + timedelta(hours=2)):
        with queries() as noted:
            selam.get("/account/logout")
        with queries(at_most=1):
            selam.get("/account/logout")
    assert [s for s in noted if s.startswith("UPDATE login_session")]


def test_a_session_of_tomorrow_is_of_today_again(app, signed_in):
    selam = signed_in()
    ahead = utcnow() + timedelta(days=365)
    with app.app_context():
        for row in db.session.scalars(db.select(LoginSession)):
            row.used_at = ahead
        db.session.commit()
    assert is_signed_in(selam)
    with app.app_context():
        assert db.session.scalars(db.select(LoginSession.used_at)).one() < ahead
    assert "last used" in main(selam.get("/account/settings/sessions"))


def test_who_signs_in_while_nothing_can_be_stored_is_signed_out_for_good(
    app, signed_in, monkeypatch
):
    def full(*_patience):
        raise StorageUnavailable("full")

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "write_transaction", full)
        selam = signed_in()
    thief = copy_of(app, selam, "nexus_session")
    assert is_signed_in(thief)
    selam.post_form("/account/logout")
    assert not is_signed_in(thief)


@pytest.mark.parametrize("address", ["/account/logout", "/account/settings/sessions"])
def test_who_leaves_while_nothing_can_be_stored_is_signed_out_here(signed_in, monkeypatch, address):
    def full(*_patience):
        raise StorageUnavailable("full")

    selam = signed_in(remember=True)
    data = {
        "csrf_token": selam.open_form("/account/settings").values["csrf_token"],
        "everywhere": "y",
    }
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "write_transaction", full)
        assert selam.post(address, data=data).status_code == 303
    assert selam.get_cookie("nexus_remember") is None
    assert "You are signed out of this browser." in selam.get("/").text
    assert not is_signed_in(selam)


def test_a_session_without_a_row_lasts_a_week(app, signed_in, monkeypatch):
    def full(*_patience):
        raise StorageUnavailable("full")

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "write_transaction", full)
        selam = signed_in()
    with time_machine.travel(utcnow() + timedelta(days=8)):
        assert not is_signed_in(selam)


def test_old_sessions_are_forgotten(app, signed_in):
    for _ in range(3):
        signed_in().post_form("/account/logout")
    with app.app_context():
        for row in db.session.scalars(db.select(LoginSession)):
            row.began_at = row.used_at = utcnow() - timedelta(days=500)
        db.session.commit()
    signed_in()
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(LoginSession)) == 1


def test_a_new_password_ends_the_others_rows_too(app, signed_in):
    here, there = signed_in(), signed_in(PHONE)
    new = "a much newer battery"
    here.post_form(
        "/account/settings", password=new, password_confirm=new, current_password=PASSWORD
    )
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert "Firefox on Android" not in main(here.get("/account/settings/sessions"))


def test_of_too_many_sessions_the_oldest_end_and_none_comes_back(app, signed_in, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    first = signed_in()
    thief = copy_of(app, first, "nexus_session")
    first.post_form("/account/logout")
    browsers = [signed_in() for _ in range(4)]
    assert [is_signed_in(browser) for browser in browsers] == [False, True, True, True]
    assert not is_signed_in(thief)


def test_what_is_no_session_cannot_be_ended(any_app, client_of):
    selam = client_of("selam")
    values = {"csrf_token": selam.open_form("/account/settings").values["csrf_token"]}
    made_up = f"{int(time.time()):x}-{'a' * 60}"
    for _ in range(2):
        answer = selam.post("/account/settings/sessions", data={**values, "session": made_up})
        assert answer.status_code == 303
    with any_app.app_context():
        assert db.session.scalars(db.select(LoginSession.id)).all() == []
