"""The text of a token: a prefix, 256 random bits, and a checksum.

The prefix lets scanners of secrets find tokens that were published; the checksum spares them, and
the database, those that only look like one. Source: GitHub, "Behind GitHub's new authentication
token formats" (2021).
"""

import re
import secrets
import zlib
from hashlib import sha256

from wiki.web.authorization import TOKEN_PREFIX

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 43  # digits to base 62 for 256 bits
_CHECKSUM_LENGTH = 6  # for 32 bits
_FORM = re.compile(
    rf"{TOKEN_PREFIX}([0-9A-Za-z]{{{_RANDOM_LENGTH}}})([0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)


def new_token() -> str:
    """An unguessable token, in letters and digits, which a double click selects as a whole."""
    random = _base62(secrets.randbits(256), _RANDOM_LENGTH)
    return f"{TOKEN_PREFIX}{random}{_checksum(random)}"


def is_whole(token: str) -> bool:
    """Whether `token` may be one: nothing is missing, and its checksum is right."""
    found = _FORM.fullmatch(token)
    return found is not None and _checksum(found[1]) == found[2]


def hash_token(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hex.

    Salt would add nothing to 256 random bits.
    """
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _checksum(random: str) -> str:
    return _base62(zlib.crc32(random.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
