"""Closing an account."""

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD, make_user
from tests.pages.visible_text import main
from wiki.accounts.mails import PASSWORD_CHANGED, discard_mails
from wiki.accounts.models import FormerName, LoginSession, Role, User
from wiki.accounts.registration.register import Registration, add_user
from wiki.accounts.users import user_by_identifier, user_by_name
from wiki.database import db, write_transaction
from wiki.mail.models import Mail
from wiki.mail.queue import enqueue
from wiki.pages.models import Draft

URL = "/account/close"


def close(client, password=PASSWORD, *, is_sure=True):
    return client.post_form(URL, current_password=password, is_sure=is_sure)


@pytest.fixture
def gone(client_of, make_page):
    """A browser of somebody who wrote a page and closed her account."""
    client_of("boss", role="admin")
    selam = client_of("selam")
    selam.post_form("/account/settings", email="s@example.org", current_password=PASSWORD)
    selam.post_form("/new", title="Redis", path="redis", text="Fast.\n")
    csrf = selam.open_form("/edit/redis").values["csrf_token"]
    selam.post("/drafts", data={"csrf_token": csrf, "page": "redis", "text": "Not yet."})
    selam.post_form("/account/tokens", name="backup")
    selam.get("/wiki/redis")  # and the page is kept
    assert close(selam).location == "/"
    return selam


def test_the_history_stays_and_the_name_goes(any_app, client, gone, index_now):
    history = client.get("/history/redis")
    assert "a former member" in main(history)
    for address in ("/history/redis", "/wiki/redis", "/changes", "/changes.atom", "/blame/redis"):
        assert "selam" not in client.get(address).text, address
    assert client.get("/users/selam").status_code == 404
    assert client.get("/users/former-member-2").status_code == 200
    index_now()
    assert "Fast" not in main(client.get("/search?q=author:selam"))


def test_nothing_private_is_left(app, gone):
    assert not is_signed_in(gone)
    with app.app_context():
        assert user_by_name("selam") is None
        assert user_by_identifier("s@example.org") is None
        assert not db.session.scalars(db.select(Draft)).all()
        assert not db.session.scalars(db.select(LoginSession).filter_by(user_id=2)).all()
        row = db.session.get(User, 2)
        assert row.email is None
        assert row.closed_at is not None
        assert "selam" not in str(vars(row))
        (kept,) = db.session.scalars(db.select(FormerName))
        assert "selam" not in str(vars(kept))


def test_nobody_gets_in_or_takes_the_name(client, gone, sign_in, register):
    assert sign_in("selam").status_code == 422
    assert sign_in("former-member-2").status_code == 422
    for name in ("selam", "SELAM", "se1am"):
        answer = register(name)
        assert answer.status_code == 422
        assert "already taken" in answer.text
    assert "reserved" in register("former-member-7").text
    assert register("hana").status_code == 303


def test_an_earlier_name_leads_nowhere_then(client, client_of, register):
    client_of("boss", role="admin")
    selam = client_of("selam")
    selam.post_form("/account/name", username="hana", current_password=PASSWORD)
    assert client.get("/users/selam").status_code == 301
    close(selam)
    assert client.get("/users/selam").status_code == 404
    assert register("selam").status_code == 422


def test_nobody_opens_it_again(app, client_of, gone):
    runner = app.test_cli_runner()
    for command in ("enable", "role"):
        arguments = ["user", command, "former-member-2", *(["admin"] if command == "role" else [])]
        assert runner.invoke(args=arguments).exit_code == 1
    boss = client_of("boss", role="admin")
    boss.post_form("/admin/people/former-member-2", access="on")
    with app.app_context():
        assert not db.session.get(User, 2).is_enabled


@pytest.mark.parametrize(
    ("password", "is_sure", "message"),
    [("wrong", True, "not your current password"), (PASSWORD, False, "Confirm that")],
)
def test_it_takes_the_password_and_a_decision(client_of, password, is_sure, message):
    selam = client_of("selam")
    answer = close(selam, password, is_sure=is_sure)
    assert answer.status_code == 422
    assert message in answer.text
    assert is_signed_in(selam)


def test_the_last_administrator_stays(client_of):
    boss = client_of("boss", role="admin")
    answer = close(boss)
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    client_of("other", role="admin")
    assert close(boss).status_code == 303


def test_what_happens_is_said_before(client_of):
    text = main(client_of("selam").get(URL))
    assert "Nobody can undo this" in text
    assert "a former member" in text
    assert "Download your data first" in text


def test_no_mail_to_them_is_left(mailing_app):
    with mailing_app.app_context():
        for name in ("boss", "selam", "dawit"):
            add_user(Registration(name, PASSWORD, f"{name}@example.org"), Role.ADMIN)
        with write_transaction() as session:
            former = {"recipient": "former@example.org", "parameters": {"user": 2}}
            session.add(Mail(message_id="<1@example.org>", kind="email-changed", **former))
    selam = mailing_app.test_client()
    selam.post_form("/account/login", username="selam", password=PASSWORD)
    assert close(selam).status_code == 303
    with mailing_app.app_context():
        left = set(db.session.scalars(db.select(Mail.recipient)))
    assert left == {"boss@example.org", "dawit@example.org"}


def test_mails_to_others_with_the_same_address_stay(mailing_app):
    mine = make_user(mailing_app, "mine", email="s@example.org")
    other = make_user(mailing_app, "other")
    with mailing_app.app_context():
        with write_transaction() as session:
            for user in (mine.id, other.id):
                enqueue(session, PASSWORD_CHANGED, "s@example.org", user=user)
        with write_transaction() as session:
            discard_mails(session, session.get_one(User, mine.id))
        left = db.session.scalars(db.select(Mail)).all()
        assert [mail.parameters["user"] for mail in left] == [other.id]
