"""Delivers one mail to the mail server, within a bounded time.

Whatever the server does (refuse, hang, drip, disconnect, break the protocol), the mail is either
accepted or `DeliveryFailed` is raised.
"""

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from email.message import EmailMessage
from typing import Any, cast

from wiki.smtp_settings import Encryption, SmtpServer

TIMEOUT = 20.0  # seconds that the server may be silent
DEADLINE = 90.0  # seconds for the whole delivery; a server may send a byte at a time
GOODBYE_TIMEOUT = 1.0  # seconds; by then the outcome is known
# A server may quote the mail that it refuses, including a secret link.
_URL = re.compile(r"\w+://\S*|www\.\S*", re.IGNORECASE)


class DeliveryFailed(Exception):
    """The server hasn't accepted the mail; the message says why, for administrators.

    `is_final`: the recipient or the mail was refused permanently. `is_outage`: no mail can be
    delivered now. `code` is the server's reply code or the kind of error, for logs.
    """

    def __init__(
        self, reason: str, code: str, *, is_final: bool = False, is_outage: bool = False
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.is_final = is_final
        self.is_outage = is_outage


class _BoundedClient(smtplib.SMTP):
    """An SMTP client that closes its connection at the deadline, even during a TLS handshake."""

    _timer: threading.Timer | None = None
    _watched: socket.socket | None = None
    _is_cut = False

    def connect(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        self._timer = threading.Timer(DEADLINE, self._cut)
        self._timer.daemon = True
        self._timer.start()
        try:
            return super().connect(*args, **options)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, *args: Any) -> socket.socket:
        plain: socket.socket = super()._get_socket(*args)  # type: ignore[misc]  # as SMTP_SSL does
        self.watch(plain)
        return plain

    def watch(self, connection: socket.socket) -> None:
        """Shut this socket down at the deadline. Raises `TimeoutError` if that has passed."""
        self._watched = connection
        self.check()

    def check(self) -> None:
        """Raises `TimeoutError` after the deadline."""
        if self._is_cut:
            raise TimeoutError

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        super().close()
        if self._watched:
            self._watched.close()

    def _cut(self) -> None:
        self._is_cut = True
        if self._watched:
            with suppress(OSError):
                # Not `SSLSocket.shutdown`, which would change TLS state that another thread uses.
                socket.socket.shutdown(self._watched, socket.SHUT_RDWR)


class _WatchedTls:
    """A stand-in for an SSL context that lets `client` watch the socket during the handshake."""

    def __init__(self, client: _BoundedClient) -> None:
        self._client = client
        self._context = ssl.create_default_context()

    def wrap_socket(self, plain: socket.socket, *, server_hostname: str) -> ssl.SSLSocket:
        wrapped = self._context.wrap_socket(
            plain, server_hostname=server_hostname, do_handshake_on_connect=False
        )
        self._client.watch(wrapped)
        try:
            wrapped.do_handshake()
        except OSError:
            self._client.check()
            raise
        return wrapped


class _BoundedTlsClient(_BoundedClient):
    """A `_BoundedClient` with TLS from the first byte."""

    def _get_socket(self, host: str, *args: Any) -> socket.socket:
        plain = super()._get_socket(host, *args)
        return _WatchedTls(self).wrap_socket(plain, server_hostname=host)


def deliver(message: EmailMessage, server: SmtpServer, *, from_host: str) -> None:
    """Deliver `message` to `server`; `from_host` is our name in EHLO. Raises `DeliveryFailed`."""
    client: smtplib.SMTP | None = None
    try:
        client = _connect(server, from_host)
        _say(client, message)
    except DeliveryFailed:
        raise
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _failure(error) from error
    finally:
        if client is not None:
            _leave(client)


def _connect(server: SmtpServer, from_host: str) -> smtplib.SMTP:
    """A connection, encrypted and authenticated as the settings say."""
    options: dict[str, Any] = {"local_hostname": from_host, "timeout": TIMEOUT}
    try:
        is_tls = server.encryption is Encryption.TLS
        kind = _BoundedTlsClient if is_tls else _BoundedClient
        client = kind(server.host, server.port, **options)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _outage(error) from error
    try:
        if server.encryption is Encryption.STARTTLS:
            client.starttls(context=cast(ssl.SSLContext, _WatchedTls(client)))
        if server.user:
            client.login(server.user, server.password)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _leave(client)
        raise _outage(error) from error
    return client


def _say(client: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        client.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        reason = f"The server refused the recipient: {_words(code, said)}"
        raise DeliveryFailed(reason, str(code), is_final=_is_for_good(code)) from error
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
        reason = f"The server refused the mail: {_words(code, error.smtp_error)}"
        raise DeliveryFailed(reason, str(code), is_final=_is_for_good(code)) from error
    except smtplib.SMTPSenderRefused as error:
        code = error.smtp_code
        reason = f"The server refused the sender: {_words(code, error.smtp_error)}"
        raise DeliveryFailed(reason, str(code), is_outage=True) from error
    except smtplib.SMTPNotSupportedError as error:
        reason = "The server takes no addresses with such letters (it lacks SMTPUTF8)."
        raise DeliveryFailed(reason, "SMTPUTF8", is_final=True) from error


def _leave(client: smtplib.SMTP) -> None:
    # The mail has been accepted or refused by now, so errors of QUIT don't matter.
    with suppress(OSError, smtplib.SMTPException, ValueError):
        if client.sock:
            client.sock.settimeout(GOODBYE_TIMEOUT)
            client.quit()
    with suppress(OSError):
        client.close()


def _outage(error: Exception) -> DeliveryFailed:
    failed = _failure(error)
    failed.is_outage = True
    return failed


def _failure(error: Exception) -> DeliveryFailed:
    name = type(error).__name__
    match error:
        case smtplib.SMTPAuthenticationError():
            code, said = error.smtp_code, error.smtp_error
            reason = f"The server refused user and password: {_words(code, said)}"
            return DeliveryFailed(reason, str(code))
        case smtplib.SMTPResponseException():
            code, said = error.smtp_code, error.smtp_error
            return DeliveryFailed(f"The server answered: {_words(code, said)}", str(code))
        case smtplib.SMTPServerDisconnected():
            return DeliveryFailed("The server closed the connection or took too long.", name)
        case smtplib.SMTPNotSupportedError():
            return DeliveryFailed(f"The server can’t do what is set: {error}", name)
        case TimeoutError():
            return DeliveryFailed("The server took too long to answer.", name)
        case ssl.SSLCertVerificationError():
            reason = f"The server’s certificate isn’t trusted: {error.verify_message}"
            return DeliveryFailed(reason, name)
        case ssl.SSLError():
            return DeliveryFailed(f"The connection can’t be encrypted: {error.reason}", name)
        case socket.gaierror():
            return DeliveryFailed("The server’s name can’t be resolved.", name)
        case OSError():
            return DeliveryFailed(f"The server can’t be reached: {error.strerror or name}", name)
        case _:
            return DeliveryFailed("The server’s answer makes no sense.", name)


def _is_for_good(code: int) -> bool:
    return 500 <= code <= 599


def _words(code: int, said: bytes | str) -> str:
    """A reply of the server without control characters and URLs."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    shown = str(code) if 200 <= code <= 599 else ""
    return " ".join(filter(None, (shown, _URL.sub("…", plain))))
