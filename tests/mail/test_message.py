"""What mails look like, whoever tries to put something into them."""

from email import message_from_bytes
from email.policy import default

import pytest

from tests.mail_servers import html_of, mail_settings, text_of
from wiki.database import utcnow
from wiki.mail.kinds import TEST
from wiki.mail.message import InvalidRecipient, make_message
from wiki.mail.queue import DeliveryAttempt, new_message_id
from wiki.smtp_settings import sender_of

HOSTILE = 'x"><script>alert(1)</script>\r\nBcc: victim@example.org\r\n\r\nbody'


def make(app, kind=TEST, recipient="selam@example.org", **values):
    message_id = new_message_id("example.org")
    with app.app_context():
        attempt = DeliveryAttempt(1, 1, message_id, kind, recipient, {}, utcnow(), is_expired=False)
        made = make_message(attempt, values)
        return message_from_bytes(bytes(made), policy=default)


def test_it_is_plain_text_and_html_with_the_usual_headers(mailing_app):
    link = "https://wiki.example.org/account/email/confirm?link=a.b-c_d"
    mail = make(mailing_app, "confirm-email", username="selam", link=link, days=7)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["To"] == "selam@example.org"
    assert mail["From"] == "Nexus <wiki@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime is not None
    assert link in text_of(mail)
    assert f'href="{link}"' in html_of(mail)
    for told in ("Hello selam,", "selam@example.org is your address", "7 days"):
        assert told in text_of(mail)
        assert told in html_of(mail)


@pytest.mark.parametrize(
    "kind",
    ["confirm-email", "reset-password", "password-changed", "email-changed", "account-merged"],
)
def test_nothing_in_it_becomes_a_header_or_markup(mailing_app, monkeypatch, kind):
    mail = make(mailing_app, kind, username=HOSTILE, link="https://a.example", days=1, minutes=60)
    assert mail["Bcc"] is None
    assert "<script" not in html_of(mail)
    assert "&lt;script" in html_of(mail)
    assert "<script>alert(1)</script>" in text_of(mail)  # as it was written, in plain text


def test_a_hostile_name_of_the_wiki_stays_in_the_subject(mailing_app):
    class Hub:
        name = HOSTILE

    mailing_app.jinja_env.globals["identity"] = Hub
    mail = make(mailing_app)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "<script" not in html_of(mail)


def test_a_sender_without_a_name_has_the_wikis(make_app, mail_server):
    app = make_app(**mail_settings(mail_server) | {"mail_from": sender_of("wiki@example.org")})
    assert make(app)["From"] == "Nexus <wiki@example.org>"


def test_a_domain_of_other_letters_is_written_as_dns_has_it(mailing_app):
    assert make(mailing_app, recipient="hans@bücher.example")["To"] == "hans@xn--bcher-kva.example"


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a@b.example\nBcc: x@y.example"])
def test_no_address_no_mail(mailing_app, address):
    with pytest.raises(InvalidRecipient):
        make(mailing_app, recipient=address)


def test_below_a_path_links_are_below_it(make_app, mail_server):
    app = make_app(**mail_settings(mail_server) | {"base_url": "https://example.org/learn"})
    assert "https://example.org/learn/" in text_of(make(app))
