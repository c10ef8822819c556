"""E-mail addresses: optional, checked for syntax only."""

from string import ascii_lowercase, ascii_uppercase

from email_validator import EmailNotValidError, validate_email

from wiki.accounts.errors import AccountRefused
from wiki.letters import normalize

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
MAX_EMAIL_LENGTH = 254  # characters, RFC 5321 section 4.5.3.1.3


def clean_email(address: str) -> str | None:
    """`address` in its stored form; `None` for an empty one.

    Raises `AccountRefused`: `not-an-address`. There is no DNS look-up, and a domain needs no
    dot, since an intranet may have addresses that are known only there.
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


def is_same_address(one: str, other: str) -> bool:
    """Whether both differ at most in the case of ASCII letters, so that they are the same mailbox.

    Keys are folded further: `straße@` and `strasse@` sign in to the same account, but are two
    mailboxes.
    """
    return plain_address(one) == plain_address(other)


def plain_address(address: str) -> str:
    """`address` with ASCII letters in lower case; proofs of an address are bound to this form."""
    return normalize("NFC", address.strip()).translate(_SMALL)


def email_key(address: str) -> str:
    """The form by which addresses are compared. Takes any string."""
    return normalize("NFC", normalize("NFC", address.strip()).casefold())
