"""E-mail addresses: optional, checked for syntax only."""

from email_validator import EmailNotValidError, validate_email

from wiki.accounts.errors import AccountRefused
from wiki.letters import normalize

MAX_EMAIL_LENGTH = 254  # characters, RFC 5321 section 4.5.3.1.3


def clean_email(address: str) -> str | None:
    """`address` as stored, `None` for an empty one. Raises `AccountRefused`: `not-an-address`.

    No DNS look-up, and a domain needs no dot: a wiki on an intranet has addresses that only the
    intranet knows.
    """
    address = address.strip()
    if not address:
        return None
    if len(address) > MAX_EMAIL_LENGTH:
        raise AccountRefused(email="not-an-address")
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise AccountRefused(email="not-an-address") from error
    if max(len(checked.normalized), len(email_key(checked.normalized))) > MAX_EMAIL_LENGTH:
        raise AccountRefused(email="not-an-address")
    return checked.normalized


def email_key(address: str) -> str:
    """The form by which addresses are compared. Takes any string."""
    return normalize("NFC", normalize("NFC", address.strip()).casefold())
