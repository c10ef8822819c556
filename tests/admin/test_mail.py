"""The queue of mails at /admin/mail."""

import pytest

from tests import factories
from tests.pages.visible_text import main
from wiki.database import write_transaction
from wiki.mail import queue
from wiki.mail.kinds import TEST


@pytest.fixture
def admin(mailing_app):
    user = factories.make_user(mailing_app, "abeba", role="admin", email="abeba@example.org")
    return factories.client_of(mailing_app, user)


@pytest.fixture
def failed(mailing_app, mail_server, send_mail):
    mail_server.refuse_recipient.append("550 <b>no</b> such user")
    with mailing_app.app_context(), write_transaction() as session:
        queue.enqueue(session, TEST, "nobody@example.org")
    send_mail()


def decide(admin, name):
    page = admin.get("/admin/mail")
    forms = admin.form_in(page, f"/admin/mail/1/{name}")
    assert forms.action.endswith(f"/admin/mail/1/{name}")
    return forms.submit()


def test_an_empty_queue(admin):
    page = main(admin.get("/admin/mail"))
    assert "The queue is empty" in page
    assert "smtp://127.0.0.1" in page
    assert "Mail 0 waiting, 0 failed" in main(admin.get("/admin/"))


def test_without_a_mail_server(client_of):
    admin = client_of("abeba", role="admin")
    page = main(admin.get("/admin/mail"))
    assert "No mail server is set" in page
    assert "Send a test mail" not in page
    assert "no mail server" in main(admin.get("/admin/"))
    token = admin.open_form("/admin/invitations").values["csrf_token"]
    sent = admin.post("/admin/mail/test", data={"csrf_token": token, "recipient": "a@b.example"})
    assert sent.status_code == 409


def test_a_test_mail_goes_through_the_queue(admin, send_mail):
    form = admin.open_form("/admin/mail", has="recipient")
    assert form.values["recipient"] == "abeba@example.org"
    assert form.submit().status_code == 303
    assert "Test: abeba@example.org" in main(admin.get("/admin/mail"))
    (mail,) = send_mail()
    assert mail["To"] == "abeba@example.org"
    assert "1 was sent in the last 7 days" in main(admin.get("/admin/mail"))
    assert "Test mail queued" in main(admin.get("/admin/audit"))


def test_a_test_mail_to_no_address(admin, send_mail):
    for address in ["", "nobody", "a@b@c", "a@b.example\nBcc: x@y.example"]:
        answer = admin.open_form("/admin/mail", has="recipient").submit(recipient=address)
        assert answer.status_code == 422, address
        assert send_mail() == [], address


def test_a_failed_one_says_why_and_is_sent_again(admin, failed, send_mail):
    page = admin.get("/admin/mail")
    assert "nobody@example.org The server refused the recipient: 550 <b>no</b>" in main(page)
    assert "&lt;b&gt;no&lt;/b&gt;" in page.text
    assert decide(admin, "retry").status_code == 303
    assert len(send_mail()) == 1
    assert "The queue is empty" in main(admin.get("/admin/mail"))
    assert "Mail sent again" in main(admin.get("/admin/audit"))


def test_a_failed_one_is_discarded(admin, failed, send_mail):
    assert decide(admin, "discard").status_code == 303
    assert "The queue is empty" in main(admin.get("/admin/mail"))
    assert "Mail discarded" in main(admin.get("/admin/audit"))
    assert send_mail() == []


@pytest.mark.parametrize("name", ["retry", "discard"])
def test_one_that_is_gone(admin, name):
    token = admin.open_form("/admin/mail").values["csrf_token"]
    answer = admin.post(f"/admin/mail/7/{name}", data={"csrf_token": token})
    assert answer.status_code == 404


def test_nobody_else_decides(mailing_app, failed):
    selam = factories.client_of(mailing_app, factories.make_user(mailing_app, "selam"))
    token = selam.open_form("/new").values["csrf_token"]
    for address in ("/admin/mail/1/retry", "/admin/mail/1/discard", "/admin/mail/test"):
        assert selam.post(address, data={"csrf_token": token}).status_code == 403
    assert selam.get("/admin/mail").status_code == 403
