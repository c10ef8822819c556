"""Who forgot their password gets a link by mail, and nobody learns who has an account."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests import factories
from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from tests.mail_servers import mail_settings, text_of
from tests.pages.visible_text import main
from wiki.accounts.models import User
from wiki.database import db, utcnow, write_transaction
from wiki.mail.models import Mail

ADDRESS = "selam@example.org"
NEW = "four words and a comma"


def make_selam(app, username="selam", **columns):
    confirmed = {"email": ADDRESS, "email_key": ADDRESS, "email_confirmed_at": utcnow()}
    return factories.make_user(app, username, **confirmed | columns)


@pytest.fixture
def selam(mailing_app):
    return make_selam(mailing_app)


def ask(client, identifier="selam"):
    return client.post_form("/account/forgotten", username=identifier)


def link_of(mail):
    return re.search(r"https://wiki\.example\.org(/account/password\S+)", text_of(mail))[1]


def set_password(client, link, password=NEW):
    return client.post_form(link, password=password, password_confirm=password)


def change(app, **columns):
    with app.app_context(), write_transaction() as session:
        person = session.scalar(db.select(User).filter_by(username="selam"))
        for name, value in columns.items():
            setattr(person, name, value)


@pytest.mark.parametrize("identifier", ["selam", "Selam", ADDRESS])
def test_a_link_comes_by_mail_and_works_once(
    mailing_app, mailing_client, selam, send_mail, identifier
):
    elsewhere = factories.client_of(mailing_app, selam)
    assert "Forgotten your password?" in main(mailing_client.get("/account/login"))
    answer = ask(mailing_client, identifier)
    assert (answer.status_code, answer.location) == (303, "/account/login")
    (mail,) = send_mail()
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Reset your password for Nexus")
    assert set_password(mailing_client, link_of(mail)).status_code == 303
    assert not is_signed_in(elsewhere)
    mailing_client.post_form("/account/login", username="selam", password=NEW)
    assert is_signed_in(mailing_client)

    again = mailing_app.test_client().get(link_of(mail))
    assert again.status_code == 410
    assert "already been used" in main(again)
    assert 'href="/account/forgotten"' in again.text
    (notice,) = send_mail()
    assert notice["Subject"] == "Your password for Nexus was changed"


@pytest.mark.parametrize(
    "columns", [None, {"email_confirmed_at": None}, {"is_enabled": False}, {"email": None}]
)
def test_the_answer_is_the_same_whoever_it_is(
    make_app, mail_server, columns, send_mail_of, statements_of
):
    """In words, status and what is written: the mail to nobody is queued as well."""
    app = make_app(**mail_settings(mail_server))
    make_selam(app, "hana")
    if columns is not None:
        make_selam(app, email_key=None, **{"email": "other@example.org"} | columns)
    known = statements_of(app, lambda client: ask(client, "hana"))
    other = statements_of(app, lambda client: ask(client, "selam"))
    assert known == other
    send_mail_of(app)
    assert mail_server.recipients == [ADDRESS]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Mail)) == 1


@pytest.fixture
def send_mail_of():
    from wiki.mail.sender import send_due

    def send(app):
        with app.app_context():
            send_due()

    return send


@pytest.fixture
def statements_of():
    """What a request answers, shows next, and asks of the database."""
    from sqlalchemy import event

    def statements_of(app, send):
        client, seen = app.test_client(), []
        client.get("/account/forgotten")
        with app.app_context():
            engine = db.engine

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = send(client)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return answer.status_code, answer.location, main(client.get("/account/login")), seen

    return statements_of


def test_a_link_ends_after_an_hour(mailing_client, selam, send_mail):
    ask(mailing_client)
    (mail,) = send_mail()
    with time_machine.travel(utcnow() + timedelta(minutes=62)):
        answer = mailing_client.get(link_of(mail))
    assert answer.status_code == 410
    assert "expired" in main(answer)


def test_a_link_ends_with_the_address(mailing_app, mailing_client, selam, send_mail):
    ask(mailing_client)
    (mail,) = send_mail()
    change(mailing_app, email="safe@example.org", email_key="safe@example.org")
    assert mailing_client.get(link_of(mail)).status_code == 410


def test_a_mail_that_comes_too_late_is_not_sent(mailing_app, mailing_client, selam, send_mail):
    ask(mailing_client)
    with time_machine.travel(utcnow() + timedelta(minutes=62)):
        assert send_mail() == []


def test_the_address_may_change_before_it_is_sent(mailing_app, mailing_client, selam, send_mail):
    ask(mailing_client)
    change(mailing_app, email="safe@example.org", email_key="safe@example.org")
    assert send_mail() == []


def test_nothing_of_the_link_is_stored(mailing_app, mailing_client, selam, send_mail):
    ask(mailing_client)
    token = link_of(send_mail()[0]).partition("link=")[2]
    with mailing_app.app_context():
        (mail,) = db.session.scalars(db.select(Mail))
        stored = [str(getattr(mail, column.name)) for column in Mail.__table__.columns]
    assert not [value for value in stored if token in value]


def test_links_of_administrators_are_as_they_were(mailing_app, mailing_client, selam):
    admin = factories.client_of(mailing_app, factories.make_user(mailing_app, "abeba", "admin"))
    token = admin.open_form("/admin/people/selam").values["csrf_token"]
    answer = admin.post("/admin/people/selam/password", data={"csrf_token": token})
    link = re.search(r'value="https://wiki\.example\.org(/account/password[^"]+)"', answer.text)[1]
    with time_machine.travel(utcnow() + timedelta(hours=23)):
        assert mailing_client.get(link).status_code == 200


@pytest.fixture
def limited(make_app, mail_server):
    app = make_app(rate_limits=True, **mail_settings(mail_server))
    make_selam(app)
    return app


def test_one_account_is_not_flooded_and_its_owner_notices_nothing(limited, mail_server):
    from wiki.mail.sender import send_due

    answers = [ask(limited.test_client()).status_code for _ in range(5)]
    assert answers == [303] * 5
    with limited.app_context():
        send_due()
    assert len(mail_server.mails) == 3


def test_who_asks_too_often_is_told_to_wait(limited):
    client = limited.test_client()
    answers = [ask(client, f"nobody{number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "nobody10" in answers[-1].text


def test_nothing_typed_is_an_error(mailing_client):
    answer = ask(mailing_client, "")
    assert answer.status_code == 422
    assert "Enter a name" in main(answer)


def test_whatever_is_typed(mailing_client, send_mail):
    for identifier in ["a" * 5000, "se\0lam", "@", "’ OR 1=1 --"]:
        assert ask(mailing_client, identifier).status_code == 303, identifier
        assert send_mail() == [], identifier


def test_without_a_mail_server_administrators_are_asked(client, make_user):
    make_user("selam")
    page = client.get("/account/forgotten")
    assert "Ask an administrator for a link" in main(page)
    assert "Ask an administrator for a link" in main(client.get("/account/login"))
    token = client.open_form("/account/login").values["csrf_token"]
    sent = client.post("/account/forgotten", data={"csrf_token": token, "username": "selam"})
    assert "can’t send mail" in main(sent)


def test_who_is_signed_in_keeps_this_password(mailing_app, selam):
    client = factories.client_of(mailing_app, selam)
    ask(client)
    client.post_form("/account/logout")
    client.post_form("/account/login", username="selam", password=PASSWORD)
    assert is_signed_in(client)
