"""Fixtures of mail: real servers, and a wiki that mails by one."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from tests.mail_servers import MailServer, ScriptedServer, mail_settings
from tests.person import Person
from wiki.mail.sender import send_due


@pytest.fixture
def start_mail_server() -> Iterator[Callable[..., MailServer]]:
    """`start_mail_server(starttls=True)`: a real mail server on this machine."""
    started: list[MailServer] = []

    def start(**options: bool) -> MailServer:
        started.append(MailServer(**options).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def play() -> Iterator[Callable[..., ScriptedServer]]:
    """`play(answering(b"220 hello\\r\\n"))`: a server that does just that."""
    started: list[ScriptedServer] = []

    def start(script: Callable[..., None]) -> ScriptedServer:
        started.append(ScriptedServer(script))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def mail_server(start_mail_server: Callable[..., MailServer]) -> MailServer:
    return start_mail_server()


@pytest.fixture
def mailing_app(make_app: Callable[..., Flask], mail_server: MailServer) -> Flask:
    """A wiki that mails by `mail_server`."""
    return make_app(**mail_settings(mail_server))


@pytest.fixture
def mailing_client(mailing_app: Flask) -> Person:
    """A browser at that wiki in which nobody is signed in."""
    client: Any = mailing_app.test_client()
    return client  # type: ignore[no-any-return]


@pytest.fixture
def send_mail(mailing_app: Flask, mail_server: MailServer) -> Callable[[], list[EmailMessage]]:
    """Empties the queue; gives the mails that arrived since the last time."""

    def send_mail() -> list[EmailMessage]:
        with mailing_app.app_context():
            send_due()
        arrived, mail_server.mails[:] = list(mail_server.mails), []
        return arrived

    return send_mail
