"""`nexus mail test`."""

import pytest

from tests.mail_servers import answering, mail_settings
from wiki.mail.cli import mail_group


def run(app, address="abeba@example.org"):
    return app.test_cli_runner().invoke(mail_group, ["test", address])


def test_it_says_what_the_server_answers(mailing_app, mail_server):
    result = run(mailing_app)
    assert (result.exit_code, "has taken the mail" in result.stdout) == (0, True)
    assert mail_server.recipients == ["abeba@example.org"]
    mail_server.refuse_recipient.append("550 no such user")
    result = run(mailing_app)
    assert result.exit_code == 1
    assert "550 no such user" in result.output


@pytest.mark.parametrize("address", ["nobody", "a@b@c"])
def test_no_address(mailing_app, mail_server, address):
    result = run(mailing_app, address)
    assert result.exit_code == 1
    assert "is no address" in result.output
    assert mail_server.mails == []


def test_nobody_there(make_app, play):
    server = play(answering())
    server.stop()
    result = run(make_app(**mail_settings(server)))
    assert result.exit_code == 1
    assert "can’t be reached" in result.output


def test_without_a_sender(make_app, mail_server):
    result = run(make_app(**mail_settings(mail_server) | {"mail_from": None}))
    assert result.exit_code == 1
    assert "NEXUS_MAIL_FROM" in result.output


def test_without_a_mail_server(app):
    result = run(app)
    assert result.exit_code == 1
    assert "NEXUS_SMTP_URL" in result.output
