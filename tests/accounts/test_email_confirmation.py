"""E-mail addresses are confirmed by a link that is mailed there."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask_login import login_user

from tests import factories
from tests.factories import PASSWORD
from tests.mail_servers import text_of
from tests.pages.visible_text import main
from wiki.accounts.audit_log import last_event
from wiki.accounts.models import User
from wiki.database import db, utcnow

ADDRESS = "selam@example.org"
NEW = "hana@example.org"


def user(app, username="selam"):
    with app.app_context():
        found = db.session.scalar(db.select(User).filter_by(username=username))
        db.session.expunge(found)
        return found


def register(client, username="selam", email=ADDRESS):
    return client.post_form(
        "/account/register",
        username=username,
        email=email,
        password=PASSWORD,
        password_confirm=PASSWORD,
    )


def link_of(mail):
    return re.search(r"https://wiki\.example\.org(/account/\S+)", text_of(mail))[1]


@pytest.fixture
def selam(mailing_app, mailing_client):
    """Signed in; she has confirmed nothing yet."""
    factories.make_user(mailing_app, "abeba", role="admin")
    assert register(mailing_client).status_code == 303
    return mailing_client


def test_registering_mails_a_link_that_confirms(mailing_app, selam, send_mail):
    assert "sent to selam@example.org" in main(selam.get("/account/settings"))
    (mail,) = send_mail()
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Confirm your e-mail address for Nexus")
    assert user(mailing_app).email_confirmed_at is None
    assert "is not confirmed yet" in main(selam.get("/account/settings"))

    stranger = mailing_app.test_client()  # a phone where she isn't signed in
    page = stranger.get(link_of(mail))
    assert "Does selam@example.org belong to you" in main(page)
    assert user(mailing_app).email_confirmed_at is None  # programs open links, too
    answer = stranger.form_in(page, link_of(mail)).submit()
    assert "Your e-mail address is confirmed" in main(answer)
    assert user(mailing_app).email_confirmed_at is not None
    assert "was confirmed" in main(selam.get("/account/settings"))


def test_opened_twice_it_says_that_all_is_well(mailing_app, selam, send_mail):
    (mail,) = send_mail()
    form = selam.open_form(link_of(mail))
    first = form.submit()
    for again in (selam.get(link_of(mail)), form.submit()):
        assert again.status_code == 200
        assert main(again) == main(first)


def test_an_old_link_says_what_to_do(selam, send_mail):
    (mail,) = send_mail()
    with time_machine.travel(utcnow() + timedelta(days=8)):
        answer = selam.get(link_of(mail))
    assert answer.status_code == 410
    assert "send yourself a new one from the settings" in main(answer)


def test_the_link_of_a_former_address_confirms_nothing(mailing_app, selam, send_mail):
    (mail,) = send_mail()
    selam.post_form("/account/settings", email=NEW, current_password=PASSWORD)
    answer = selam.get(link_of(mail))
    assert answer.status_code == 410
    assert "no longer belongs to the account" in main(answer)
    assert user(mailing_app).email_confirmed_at is None


@pytest.mark.parametrize("harm", [lambda token: token[:-3], lambda _: "", lambda _: "a.b.c"])
def test_a_link_that_is_none(selam, send_mail, harm):
    token = link_of(send_mail()[0]).partition("link=")[2]
    answer = selam.get("/account/email/confirm", query_string={"link": harm(token)})
    assert answer.status_code == 404
    assert "Open the whole link" in main(answer)


def test_a_disabled_account_confirms_nothing(mailing_app, selam, send_mail):
    from wiki.accounts.users import change_user

    (mail,) = send_mail()
    with mailing_app.app_context():
        change_user("selam", is_enabled=False)
    assert mailing_app.test_client().get(link_of(mail)).status_code == 403


def confirm(client, send_mail):
    (mail,) = send_mail()
    client.open_form(link_of(mail)).submit()


def test_a_changed_address_is_to_be_confirmed_anew_and_the_former_one_is_reported(
    mailing_app, selam, send_mail
):
    confirm(selam, send_mail)
    answer = selam.post_form("/account/settings", email=NEW, current_password=PASSWORD)
    assert answer.status_code == 303
    assert user(mailing_app).email_confirmed_at is None
    mails = {mail["To"]: mail for mail in send_mail()}
    assert mails[ADDRESS]["Subject"] == "Your e-mail address for Nexus was changed"
    assert NEW not in text_of(mails[ADDRESS])
    selam.open_form(link_of(mails[NEW])).submit()
    assert user(mailing_app).email_confirmed_at is not None


def test_the_same_address_in_other_letters_stays_confirmed(mailing_app, selam, send_mail):
    confirm(selam, send_mail)
    selam.post_form("/account/settings", email="Selam@Example.ORG", current_password=PASSWORD)
    assert user(mailing_app).email_confirmed_at is not None


def test_other_capitals_of_a_confirmed_address_announce_no_mail(mailing_app, selam, send_mail):
    confirm(selam, send_mail)
    selam.post_form("/account/settings", email="Selam@example.org", current_password=PASSWORD)
    assert "Open the link" not in selam.get("/account/settings").text
    assert send_mail() == []


@pytest.mark.parametrize(
    ("confirmed", "changed"),
    [("selam@fass.de", "selam@fa\u00df.de"), ("strasse@example.org", "stra\u00dfe@example.org")],
)
def test_another_address_that_is_folded_alike_is_not_confirmed(
    mailing_app, mailing_client, send_mail, confirmed, changed
):
    factories.make_user(mailing_app, "abeba", role="admin")
    register(mailing_client, email=confirmed)
    (mail,) = send_mail()
    late = link_of(mail)
    mailing_client.open_form(late).submit()
    mailing_client.post_form("/account/settings", email=changed, current_password=PASSWORD)
    assert user(mailing_app).email == changed
    assert user(mailing_app).email_confirmed_at is None
    with mailing_app.app_context():
        assert last_event("email") is not None
    assert mailing_client.get(late).status_code >= 400  # the link is for the other one


def test_a_removed_address_is_reported(mailing_app, selam, send_mail):
    confirm(selam, send_mail)
    selam.post_form("/account/settings", email="", current_password=PASSWORD)
    (mail,) = send_mail()
    assert mail["To"] == ADDRESS
    assert user(mailing_app).email_confirmed_at is None


def test_a_changed_password_is_reported(selam, send_mail):
    confirm(selam, send_mail)
    other = "four words and a comma"
    selam.post_form(
        "/account/settings",
        password=other,
        password_confirm=other,
        email=NEW,
        current_password=PASSWORD,
    )
    told = {(mail["To"], mail["Subject"]) for mail in send_mail()}
    assert (ADDRESS, "Your password for Nexus was changed") in told
    assert (NEW, "Confirm your e-mail address for Nexus") in told


def test_an_address_that_nobody_confirmed_gets_no_notices(selam, send_mail):
    send_mail()
    selam.post_form("/account/settings", email="", current_password=PASSWORD)
    assert send_mail() == []


def test_another_link_can_be_asked_for(selam, send_mail):
    send_mail()
    answer = selam.open_form("/account/settings", has="csrf_token")
    answer = selam.post("/account/email/link", data={"csrf_token": answer.values["csrf_token"]})
    assert answer.status_code == 303
    confirm(selam, send_mail)
    assert "Send another link" not in selam.get("/account/settings").text


def test_nobody_is_flooded_with_links(make_app, mail_server, no_haste):
    from tests.mail_servers import mail_settings

    app = make_app(rate_limits=True, **mail_settings(mail_server))
    factories.make_user(app, "abeba", role="admin")
    client = app.test_client()
    register(client)
    token = client.open_form("/account/settings").values["csrf_token"]
    for _ in range(6):
        client.post("/account/email/link", data={"csrf_token": token})
    assert "has been sent links already" in main(client.get("/account/settings"))
    with app.app_context():
        from wiki.mail.queue import count_mails

        assert count_mails()["waiting"] == 6  # one for registering


def test_what_strangers_ask_for_keeps_nobody_from_their_own_link(
    make_app, make_user, mail_server, monkeypatch
):
    from tests.mail_servers import mail_settings
    from wiki.accounts import mails

    app = make_app(rate_limits=True, **mail_settings(mail_server))
    factories.make_user(app, "selam", email=ADDRESS)
    monkeypatch.setattr(mails, "CONFIRMATION_RATE_BY_ALL", "7 per day")
    mailed = []
    for network in range(4):
        # One house tries for a day, then others help.
        with app.test_request_context(environ_base={"REMOTE_ADDR": f"198.51.{network}.7"}):
            mailed.append(sum(mails.may_confirm(ADDRESS) for _ in range(9)))
    assert mailed == [5, 3, 1, 1]
    with app.test_request_context():
        login_user(user(app))
        assert sum(mails.may_confirm(ADDRESS) for _ in range(9)) == 5


def test_who_confirms_an_address_signs_in_with_it(mailing_app, selam, send_mail):
    """Somebody else may have given it first, without reading what is mailed there."""
    send_mail()
    other = mailing_app.test_client()
    register(other, "hana", ADDRESS)
    assert user(mailing_app, "hana").email_key is None
    confirm(other, send_mail)
    assert user(mailing_app, "hana").email_key == ADDRESS
    assert user(mailing_app, "selam").email_key is None


def test_who_confirmed_it_first_keeps_it(mailing_app, selam, send_mail):
    confirm(selam, send_mail)
    other = mailing_app.test_client()
    register(other, "hana", ADDRESS)
    confirm(other, send_mail)
    assert user(mailing_app, "hana").email_confirmed_at is not None
    assert user(mailing_app, "selam").email_key == ADDRESS


def test_a_host_who_changes_an_address_or_password_is_told_of_too(mailing_app, selam, send_mail):
    from wiki.accounts.users import rename_user, set_password

    confirm(selam, send_mail)
    with mailing_app.app_context():
        set_password("selam", "four words and a comma")
        rename_user("selam", "selamawit", email=NEW)
    told = [(mail["To"], mail["Subject"]) for mail in send_mail()]
    assert told == [
        (ADDRESS, "Your password for Nexus was changed"),
        (ADDRESS, "Your e-mail address for Nexus was changed"),
        (NEW, "Confirm your e-mail address for Nexus"),
    ]


def test_without_a_mail_server_nothing_of_it_is_said(client):
    assert register(client).status_code == 303
    page = client.get("/account/settings").text
    assert "sent to" not in page
    assert "confirmed" not in page
    token = client.open_form("/account/settings").values["csrf_token"]
    client.post("/account/email/link", data={"csrf_token": token})
    assert "can’t send mail" in client.get("/account/settings").text
