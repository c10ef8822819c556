"""Passwords: which ones are accepted, and how they are hashed."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wiki.accounts.errors import AccountRefused
from wiki.letters import normalize

MIN_PASSWORD_LENGTH = 8  # characters, NIST SP 800-63B
MAX_PASSWORD_LENGTH = 256  # characters; hashing longer ones takes time

# Argon2id at OWASP's figures: 19 MiB a sign-in. The library's own default is 64 MiB, half a
# gigabyte for eight people at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Common choices that `zxcvbn` doesn't list.
_VARIANTS = frozenset(
    (
        *("admin1234", "letmein123", "letmeinplease", "p@ssword"),
        *("pa$$word", "pass12345", "password1!", "password123!"),
    )
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)


def check_password(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Raises `AccountRefused` unless `password` is good enough for the person called `names`.

    Reasons: `too-short`, `too-long`, `own-name` (a username, an address or its local part),
    `common`, `unreadable` (lone surrogates). `names` may include the wiki’s name. No character
    classes are required, as NIST SP 800-63B advises.
    """
    # As in `verify_password`, the limit applies to what was typed.
    is_long = len(password) > MAX_PASSWORD_LENGTH
    reason = "too-long" if is_long else _problem(_normal(password), names)
    if reason:
        raise AccountRefused(password=reason)


def hash_password(password: str) -> str:
    """The Argon2id hash of a password that `check_password` accepted."""
    return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` matches the hash `stored`.

    Without a hash (`None`) it takes the same time, so that the delay doesn’t reveal which
    accounts exist.
    """
    text = _normal(password[:MAX_PASSWORD_LENGTH])
    if stored is None:
        _hasher.hash(text)
        return False
    try:
        _hasher.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False
    return len(password) <= MAX_PASSWORD_LENGTH


def is_outdated(stored: str) -> bool:
    """Whether a stored hash was made with other parameters than the current ones."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # RFC 8265, OpaqueString: keyboards differ in how they compose the same character.
    return normalize("NFC", password)


def _problem(password: str, names: tuple[str, ...]) -> str | None:
    if len(password) < MIN_PASSWORD_LENGTH:
        return "too-short"
    if len(password) > MAX_PASSWORD_LENGTH:
        return "too-long"
    if any("\ud800" <= c <= "\udfff" for c in password):
        return "unreadable"
    folded = password.casefold()
    if _is_about(folded, names):
        return "own-name"
    return "common" if _is_common(folded) else None


def _is_about(folded: str, names: tuple[str, ...]) -> bool:
    """Whether it is one of the names, possibly surrounded by digits and symbols."""
    own = {part for name in names for part in (name, name.partition("@")[0])}
    keys = {_normal(name).strip().casefold() for name in own}
    letters = _letters(folded)
    return folded in keys or any(
        len(key) > 2 and not letters.replace(key, "") for key in map(_letters, keys) if letters
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _is_common(folded: str) -> bool:
    if folded in _common_words() or folded in _VARIANTS or len(set(folded)) <= 2:
        return True
    if folded in (folded * 2)[1:-1]:  # one character repeated
        return True
    return any(folded in run or folded in run[::-1] for run in _RUNS)


@cache
def _common_words() -> frozenset[str]:
    """Frequent passwords, and the most common words and names."""
    from zxcvbn.frequency_lists import (  # noqa: PLC0415  # 14 MB, and few requests need it
        FREQUENCY_LISTS,
    )

    found = (word.casefold() for words in FREQUENCY_LISTS.values() for word in words)
    return frozenset(word for word in found if len(word) >= MIN_PASSWORD_LENGTH)
