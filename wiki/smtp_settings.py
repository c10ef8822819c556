"""The settings of the mail server and the sender. Pure."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email


class InvalidMailSetting(ValueError):
    """An invalid mail server or sender; the message says why, without any password."""


class Encryption(StrEnum):
    """How the connection to the mail server is encrypted."""

    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # upgraded before login and mails
    NONE = "none"


_DEFAULT_PORTS = {Encryption.TLS: 465, Encryption.STARTTLS: 587, Encryption.NONE: 25}
_HOW = (
    "Write it as smtp://user:password@mail.example.org, as smtps:// for TLS from the first byte, "
    "or with ?starttls=off for a server without encryption. In a user or password, @ is %40, : is "
    "%3A, / is %2F and # is %23."
)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The server that sends our mails; its password is hidden in `repr`."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        scheme = "smtps" if self.encryption is Encryption.TLS else "smtp"
        user = f"{self.user}:***@" if self.user else ""
        off = "?starttls=off" if self.encryption is Encryption.NONE else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{user}{host}:{self.port}{off}"

    @classmethod
    def of(cls, url: str) -> "SmtpServer":
        """The server of an SMTP URL. Raises `InvalidMailSetting`."""
        try:
            parts = urlsplit(url.strip())
            port, host = parts.port, parts.hostname or ""
            options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        except ValueError as error:
            raise InvalidMailSetting(f"This is no address of a mail server. {_HOW}") from error
        is_more = parts.path.strip("/") or parts.fragment
        if parts.scheme not in ("smtp", "smtps") or not host or is_more:
            raise InvalidMailSetting(f"This is no address of a mail server. {_HOW}")
        encryption = _encryption(parts.scheme, options)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise InvalidMailSetting(f"A user needs a password, and a password a user. {_HOW}")
        if user and encryption is Encryption.NONE and not _is_loopback(host):
            raise InvalidMailSetting(
                "With starttls=off the password would travel unencrypted. Leave the option out, or "
                "use a server that asks for no password."
            )
        return cls(host, port or _DEFAULT_PORTS[encryption], encryption, user, password)


def sender_of(written: str) -> Address:
    """The sender of mails, such as `Nexus <wiki@example.org>`. Raises `InvalidMailSetting`."""
    name, address = parseaddr(written.strip())
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
        if not checked.ascii_email or not name.isprintable():
            raise InvalidMailSetting
        return Address(name, addr_spec=checked.ascii_email)
    except (EmailNotValidError, InvalidMailSetting, ValueError) as error:
        raise InvalidMailSetting(
            f"{written!r} is no sender. Write an address, or a name and an address: "
            "Nexus <wiki@example.org>"
        ) from error


def _encryption(scheme: str, options: dict[str, list[str]]) -> Encryption:
    starttls = options.pop("starttls", ["required"])
    if options or starttls not in (["required"], ["off"]):
        raise InvalidMailSetting(f"The only option is starttls, required or off. {_HOW}")
    if scheme == "smtps":
        return Encryption.TLS
    return Encryption.STARTTLS if starttls == ["required"] else Encryption.NONE


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
