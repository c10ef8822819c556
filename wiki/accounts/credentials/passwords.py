"""Passwords: which are good enough, and how they are hashed."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wiki.accounts.errors import AccountRefused

MIN_PASSWORD_LENGTH = 8  # characters, NIST SP 800-63B section 5.1.1.2
MAX_PASSWORD_LENGTH = 256  # characters; hashing takes time, and nobody remembers longer ones

# Argon2id at OWASP's figures: 19 MiB a sign-in. The library's own default is 64 MiB, half a
# gigabyte for eight people at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Common passwords of eight or more characters; runs and repeats are found by rule.
_COMMON_WORDS = """
    administrator adminadmin admin123 admin1234 alexander asdasdasd asdfasdf baseball
    basketball butterfly changeme changeme1 charlotte chocolate cocacola computer computer1
    corvette dragon123 facebook football football1 football123 freedom1 google123 hallo123
    hello123 hellohello helloworld iloveyou iloveyou1 iloveyou2 internet jennifer jessica1
    letmein1 letmein123 letmeinplease liverpool loveyou1 manchester master123 mercedes michael1
    michelle midnight monkey123 mypassword naruto123 newpassword nothing1 p@ssw0rd p@ssword
    pa$$word pass1234 pass12345 passpass passw0rd passw0rd1 password password! password0
    password01 password1 password1! password12 password123 password123! password1234
    password2 passwords pakistan pokemon1 pokemon123 princess princess1 qazwsxedc q1w2e3r4
    q1w2e3r4t5 qwer1234 qwerty12 qwerty123 qwerty1234 qwertyuiop qwe123qwe samantha secret123
    shadow123 starwars sunshine sunshine1 superman superman1 test1234 testtest thunder1
    trustno1 twilight victoria welcome1 welcome123 whatever whatever1 williams zaq12wsx
    zaq1zaq1 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 123qweasd 123qwe123 123abc123 12341234 123123123
    abc12345 abcd1234 a1b2c3d4 aa123456 11223344 12344321 13131313 12121212 10203040
    147258369 159753456 741852963 987654321 121212121
"""
_COMMON = frozenset(_COMMON_WORDS.split())
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
    `common`, `unreadable` (lone surrogates). No kinds of characters are required, as NIST
    SP 800-63B advises.
    """
    reason = _problem(_normal(password), names)
    if reason:
        raise AccountRefused(password=reason)


def hash_password(password: str) -> str:
    """The Argon2id hash of a password that `check_password` accepted."""
    return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` matches the hash `stored`.

    Without one (`None`) it takes the same time: the delay must not reveal who exists.
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
    return unicodedata.normalize("NFC", password)


def _problem(password: str, names: tuple[str, ...]) -> str | None:
    if len(password) < MIN_PASSWORD_LENGTH:
        return "too-short"
    if len(password) > MAX_PASSWORD_LENGTH:
        return "too-long"
    if any("\ud800" <= c <= "\udfff" for c in password):
        return "unreadable"
    folded = password.casefold()
    own = {part for name in names for part in (name, name.partition("@")[0])}
    if folded in {_normal(name).strip().casefold() for name in own}:
        return "own-name"
    return "common" if _is_common(folded) else None


def _is_common(folded: str) -> bool:
    if folded in _COMMON or len(set(folded)) <= 2:
        return True
    return any(folded in run or folded in run[::-1] for run in _RUNS)
