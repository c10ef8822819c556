"""Handing a mail to servers that take it, refuse it, hang, drip, close and lie."""

import ssl
import time
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.mail_servers import CERTIFICATE, PASSWORD, USER, answering
from wiki.mail import delivery
from wiki.mail.delivery import DeliveryFailed, deliver
from wiki.smtp_settings import Encryption

HELLO = b"220 hello\r\n"
OK = b"250 fine\r\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(delivery, "TIMEOUT", 5.0)
    monkeypatch.setattr(delivery, "GOODBYE_TIMEOUT", 0.2)


def a_mail():
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "wiki@example.org", "selam@example.org", "Hello"
    mail.set_content("A text.\n.\nwith a dot\n")
    return mail


def send(server):
    deliver(a_mail(), server, from_host="wiki.example.org")


def failure_of(server):
    with pytest.raises(DeliveryFailed) as failed:
        send(server)
    return failed.value


def test_a_server_takes_it(start_mail_server):
    server = start_mail_server()
    send(server.address)
    (mail,) = server.mails
    assert mail["Subject"] == "Hello"
    assert mail.get_content().splitlines() == ["A text.", ".", "with a dot"]
    assert server.recipients == ["selam@example.org"]


@pytest.mark.parametrize(("answer", "is_final"), [("550 no such user", True), ("451 later", False)])
def test_a_recipient_that_is_refused(start_mail_server, answer, is_final):
    server = start_mail_server()
    server.refuse_recipient.append(answer)
    failed = failure_of(server.address)
    assert (failed.is_final, failed.is_outage) == (is_final, False)
    assert answer in str(failed)
    send(server.address)
    assert len(server.mails) == 1


def test_links_that_a_server_quotes_are_not_repeated(start_mail_server):
    server = start_mail_server()
    server.refuse_mail.append("554 spam: https://wiki.example.org/password?link=SECRET here")
    failed = failure_of(server.address)
    assert failed.is_final
    assert "SECRET" not in str(failed)
    assert "554 spam: … here" in str(failed)


@pytest.mark.parametrize(
    "answers",
    [
        (),  # hangs before it greets
        (HELLO,),
        (HELLO, OK),
        (HELLO, OK, OK, OK),
        (HELLO, OK, OK, OK, b"354 go on\r\n"),
    ],
    ids=["silent", "greets", "hello", "recipient", "data"],
)
def test_a_server_that_hangs_is_given_up(play, monkeypatch, answers):
    monkeypatch.setattr(delivery, "TIMEOUT", 0.3)

    def hang(connection):
        for number, answer in enumerate(answers):
            if number:
                connection.recv(65_536)
            connection.sendall(answer)
        while connection.recv(65_536):
            pass

    failed = failure_of(play(hang).address)
    assert not failed.is_final
    assert "took too long" in str(failed)


def test_a_server_that_drips_is_cut_off_at_the_deadline(play, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.5)

    def drip(connection):
        while True:
            connection.sendall(b"220-still here\r\n")
            time.sleep(0.05)

    failed = failure_of(play(drip).address)
    assert failed.is_outage


@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_a_server_that_drips_during_the_handshake_is_cut_off(play, monkeypatch, encryption):
    monkeypatch.setattr(delivery, "DEADLINE", 0.5)

    def drip(connection):
        if encryption is Encryption.STARTTLS:
            connection.sendall(HELLO)
            connection.recv(65_536)
            connection.sendall(b"250-fine\r\n250 STARTTLS\r\n")
            connection.recv(65_536)
            connection.sendall(b"220 go on\r\n")
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a long record of a handshake
        for _ in range(80):
            connection.sendall(b"\x02")
            time.sleep(0.05)

    server = replace(play(drip).address, encryption=encryption)
    began = time.monotonic()
    failed = failure_of(server)
    assert time.monotonic() - began < 3
    assert failed.is_outage
    assert "took too long" in str(failed)


@pytest.mark.parametrize(
    "answers",
    [
        (HELLO,),
        (HELLO, OK),
        (HELLO, OK, OK, OK, b"354 go on\r\n"),
    ],
    ids=["greeting", "hello", "data"],
)
def test_a_server_that_closes_midway(play, answers):
    failed = failure_of(play(answering(*answers)).address)
    assert not failed.is_final


@pytest.mark.parametrize(
    "answers",
    [
        (b"\xff\xfe\x00garbage\r\n",),
        (b"220\r\n", b"250 a\r\n250-b\r\n", b"banana\r\n", b"banana\r\n"),
        (HELLO, OK, OK, OK, b"250 taken already\r\n", OK),
        (HELLO, OK, b"999 what\r\n", OK),
        (b"220 " + b"x" * 20_000 + b"\r\n",),
    ],
    ids=["bytes", "words", "no 354", "unknown code", "endless line"],
)
def test_a_server_that_talks_nonsense(play, answers):
    failed = failure_of(play(answering(*answers)).address)
    assert not failed.is_final
    assert str(failed).isprintable()


def test_nobody_there(play):
    server = play(answering())
    server.stop()
    failed = failure_of(server.address)
    assert failed.is_outage
    assert "can’t be reached" in str(failed)


def test_a_server_that_takes_it_and_says_no_goodbye(play):
    script = answering(HELLO, OK, OK, OK, b"354 go on\r\n", b"250 taken\r\n")
    send(play(script).address)


def with_starttls(server):
    return replace(server.address, host="localhost", encryption=Encryption.STARTTLS)


def test_a_server_without_encryption_gets_nothing(start_mail_server):
    server = start_mail_server()
    failed = failure_of(with_starttls(server))
    assert failed.is_outage
    assert "STARTTLS" in str(failed)
    assert server.mails == []


def test_a_certificate_that_nobody_trusts_gets_nothing(start_mail_server):
    for options, encryption in (
        ({"starttls": True}, Encryption.STARTTLS),
        ({"tls": True}, Encryption.TLS),
    ):
        server = start_mail_server(**options)
        failed = failure_of(replace(server.address, host="localhost", encryption=encryption))
        assert failed.is_outage
        assert "certificate" in str(failed)
        assert server.mails == []


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert ssl.create_default_context().cert_store_stats()["x509"] == 1


def test_encrypted_from_the_first_byte(start_mail_server, trusted):
    server = start_mail_server(tls=True)
    send(replace(server.address, host="localhost", encryption=Encryption.TLS))
    assert len(server.mails) == 1


def test_user_and_password(start_mail_server, trusted):
    server = start_mail_server(starttls=True, auth=True)
    send(replace(with_starttls(server), user=USER, password=PASSWORD))
    assert len(server.mails) == 1
    failed = failure_of(replace(with_starttls(server), user=USER, password="wrong"))
    assert failed.is_outage
    assert "user and password" in str(failed)
    assert "wrong" not in str(failed)
    assert len(server.mails) == 1
