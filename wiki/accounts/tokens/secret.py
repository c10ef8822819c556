"""The format of a token: a prefix, 256 random bits, and a checksum.

The prefix lets secret scanners find leaked tokens; the checksum keeps strings that only look
like tokens away from them and from the database. Source: GitHub, "Behind GitHub’s new
authentication token formats" (2021).
"""

import re
import secrets
import zlib
from hashlib import sha256

from wiki.web.authorization import TOKEN_PREFIX

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 43  # base-62 digits for 256 bits
_CHECKSUM_LENGTH = 6  # for 32 bits
_FORM = re.compile(
    rf"{TOKEN_PREFIX}([0-9A-Za-z]{{{_RANDOM_LENGTH}}})([0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)


def new_token() -> str:
    """A random token of letters and digits, which a double click selects as a whole."""
    random = _base62(secrets.randbits(256), _RANDOM_LENGTH)
    return f"{TOKEN_PREFIX}{random}{_checksum(random)}"


def is_whole(token: str) -> bool:
    """Whether `token` may be genuine: it is complete, and its checksum is right."""
    found = _FORM.fullmatch(token)
    return found is not None and _checksum(found[1]) == found[2]


def hash_token(token: str) -> str:
    """The SHA-256 of a token in hex, which the database stores.

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
