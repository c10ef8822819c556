"""The settings of mail: what is taken, and what is said of the rest."""

import pytest

from tests.databases import KEY
from wiki.admin.settings_table import settings_table
from wiki.config import read_settings
from wiki.setting_types.values import InvalidSetting
from wiki.smtp_settings import Encryption, InvalidMailSetting, SmtpServer, sender_of

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587, Encryption.STARTTLS)),
        ("smtp://localhost?starttls=off", SmtpServer("localhost", 25, Encryption.NONE)),
        ("smtp://[::1]:2525?starttls=required", SmtpServer("::1", 2525, Encryption.STARTTLS)),
        (
            "smtps://me%40example.org:p%40s%2Fs%3A@mail.example.org",
            SmtpServer("mail.example.org", 465, Encryption.TLS, "me@example.org", "p@s/s:"),
        ),
    ],
)
def test_a_server(url, server):
    assert SmtpServer.of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org/path",
        f"smtp://me:{SECRET}#x@mail.example.org",
        f"smtp://me:{SECRET}/x@mail.example.org",
        f"smtp://:{SECRET}@mail.example.org",
        "smtp://me@mail.example.org",
        f"smtp://me:{SECRET}@mail.example.org?starttls=off",
        f"smtp://me:{SECRET}@mail.example.org?starttls=maybe",
        f"smtp://me:{SECRET}@mail.example.org?tls=on",
        "smtp://mail.example.org?starttls",
    ],
)
def test_no_server(url):
    with pytest.raises(InvalidMailSetting) as refused:
        SmtpServer.of(url)
    assert SECRET not in str(refused.value)


def test_a_password_may_go_to_this_machine_in_the_clear():
    server = SmtpServer.of("smtp://me:secret@127.0.0.1?starttls=off")
    assert server.password == "secret"


@pytest.mark.parametrize("written", ["Nexus <wiki@example.org>", "wiki@example.org"])
def test_a_sender(written):
    assert sender_of(written).addr_spec == "wiki@example.org"


@pytest.mark.parametrize("written", ["nobody", "a@b@c", "Nexus <>", "x <a@b.example>\nBcc: c@d"])
def test_no_sender(written):
    with pytest.raises(InvalidMailSetting):
        sender_of(written)


def read(tmp_path, **environment):
    return read_settings(
        {
            "NEXUS_INSTANCE": str(tmp_path / "instance"),
            "NEXUS_SECRET_KEY": KEY,
            **{f"NEXUS_{name.upper()}": value for name, value in environment.items()},
        }
    )


URL = f"smtp://me:{SECRET}@mail.example.org"
SENDER = "Nexus <wiki@example.org>"
BASE = "https://wiki.example.org"


def test_the_three_together(tmp_path):
    settings = read(tmp_path, smtp_url=URL, mail_from=SENDER, base_url=BASE)
    assert settings.smtp_url.host == "mail.example.org"
    shown = dict(settings_table(settings))
    assert shown["NEXUS_SMTP_URL"] == "smtp://me:***@mail.example.org:587"
    assert shown["NEXUS_MAIL_FROM"] == SENDER
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"smtp_url": "nowhere", "mail_from": SENDER, "base_url": BASE}, "NEXUS_SMTP_URL"),
        ({"smtp_url": URL, "mail_from": "me", "base_url": BASE}, "NEXUS_MAIL_FROM"),
        ({"smtp_url": URL, "mail_from": SENDER}, "NEXUS_BASE_URL"),
    ],
)
def test_what_is_missing_is_reported_at_the_start(tmp_path, environment, told):
    with pytest.raises(InvalidSetting) as refused:
        read(tmp_path, **environment)
    assert str(refused.value).startswith(told)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["smtp://[::1]:25?starttls=off", "smtp://[2001:db8::1]:587", "smtps://[::1]:465"]
)
def test_a_server_by_its_address_is_shown_as_it_is_written(tmp_path, url):
    settings = read(tmp_path, smtp_url=url, mail_from=SENDER, base_url=BASE)
    assert dict(settings_table(settings))["NEXUS_SMTP_URL"] == url


def test_a_sender_may_be_left_to_administrators(tmp_path):
    settings = read(tmp_path, smtp_url=URL, base_url=BASE)
    assert settings.smtp_url.host == "mail.example.org"
    assert settings.mail_from is None


def test_without_a_server_there_is_no_sender(tmp_path):
    settings = read(tmp_path, mail_from=SENDER)
    assert (settings.smtp_url, settings.mail_from) == (None, None)
    assert dict(settings_table(settings))["NEXUS_SMTP_URL"] == ""
