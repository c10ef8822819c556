"""Mail servers of tests: a real one, and ones that misbehave."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.live_server import free_port
from wiki.smtp_settings import Encryption, SmtpServer, sender_of

CERTIFICATE = Path(__file__).parent / "mail" / "localhost.pem"  # signed by nobody
USER, PASSWORD = "nexus", "p@ss/w:rd"
ARRIVAL_LIMIT = 60.0  # seconds


class MailServer:
    """A real SMTP server on this machine that keeps what it takes.

    `refuse_recipient` and `refuse_mail` are answers, used up one a mail, the first one first.
    """

    def __init__(self, *, starttls: bool = False, tls: bool = False, auth: bool = False) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse_recipient: list[str] = []
        self.refuse_mail: list[str] = []
        self.host, self.port = "127.0.0.1", free_port()
        context = None
        if starttls or tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
        options: dict[str, Any] = {"tls_context": context} if starttls else {"ssl_context": context}
        if auth:
            options |= {"authenticator": _check, "auth_required": True}
            options["auth_require_tls"] = starttls
        self._controller = Controller(self, hostname=self.host, port=self.port, **options)

    @property
    def address(self) -> SmtpServer:
        return SmtpServer(self.host, self.port, Encryption.NONE)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}?starttls=off"

    def start(self) -> "MailServer":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop(no_assert=True)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refuse_mail:
            return self.refuse_mail.pop(0)
        parsed = BytesParser(policy=default).parsebytes(bytes(envelope.content or b""))
        self.recipients += envelope.rcpt_tos
        self.mails.append(parsed)  # type: ignore[arg-type]
        return "250 OK"

    def wait_for(self, subject: str) -> EmailMessage:
        """The first mail whose subject begins so, taken out of what has arrived."""
        until = time.monotonic() + ARRIVAL_LIMIT
        while time.monotonic() < until:
            for mail in self.mails:
                if str(mail["Subject"]).startswith(subject):
                    self.mails.remove(mail)
                    return mail
            time.sleep(0.02)
        raise AssertionError(f"no mail {subject!r}; there are {[m['Subject'] for m in self.mails]}")


def mail_settings(server: "MailServer | ScriptedServer") -> dict[str, Any]:
    """Settings of a wiki that mails by `server`."""
    return {
        "smtp_url": server.address,
        "mail_from": sender_of("Nexus <wiki@example.org>"),
        "base_url": "https://wiki.example.org",
    }


def _check(_server: SMTP, _session: Session, _envelope: Any, _mechanism: str, data: Any) -> Any:
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_known, handled=is_known)


class ScriptedServer:
    """Accepts connections and does with each what `play` says; ends with the test."""

    def __init__(self, play: Callable[[socket.socket], None]) -> None:
        self._play = play
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.address = SmtpServer("127.0.0.1", self.port, Encryption.NONE)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._play(connection)

    def stop(self) -> None:
        with suppress(OSError):
            # Closing alone would leave the thread waiting, and the port open with it.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def answering(*answers: bytes) -> Callable[[socket.socket], None]:
    """Greets with the first answer, gives one to each line, then closes the connection."""

    def play(connection: socket.socket) -> None:
        connection.sendall(answers[0])
        for answer in answers[1:]:
            if not connection.recv(65_536):
                return
            connection.sendall(answer)

    return play


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
