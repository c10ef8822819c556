"""Rate limits for failed sign-ins, designed so that nobody can lock out somebody else.

Failures count against their source: a network, or a known device, which has its own counter
(OWASP, "Device Cookies"). Waiting times grow with the failures and end. If many sources attack
one name, sign-ins to it from unknown devices are slowed down; each source still has a few
attempts, since one of them may be the owner.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256

from wiki.accounts.authentication import device_cookies
from wiki.accounts.credentials.emails import email_key
from wiki.accounts.credentials.usernames import username_key
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import User
from wiki.accounts.users import MAX_IDENTIFIER_LENGTH, user_by_identifier
from wiki.rate_limits import LimitReached, address_key, count_attempt

# From one network or device, for one name; people trying to remember rarely need six.
FAILURE_RATE = "5 per minute; 15 per 15 minute; 30 per hour"
# The same for a name under attack.
FAILURE_RATE_UNDER_ATTACK = "3 per 30 minute"
FAILURE_RATE_BY_NAME = "60 per hour"  # by all unknown devices; beyond it, a name is under attack
FAILURE_RATE_BY_ADDRESS = "10 per minute; 100 per hour"  # for all names together
# With the right password. Three in a million codes are right, so an attack from many addresses
# is stopped as a whole; known devices have their own counter.
SECOND_STEP_RATE = "10 per 15 minute; 100 per day"
# Computing a hash takes 20 ms. A whole school may sign in at once.
LOGIN_RATE_BY_ADDRESS = "120 per minute"
# For one account on all devices known to it; other devices can't use it up.
LOGIN_RATE_BY_ACCOUNT = "30 per minute; 200 per hour"

# A class sits behind one address.
REGISTRATION_RATE_BY_ADDRESS = "60 per hour"
REGISTRATION_ATTEMPT_RATE = "300 per hour"  # including attempts with a name that was taken


@contextmanager
def limit_login(identifier: str) -> Iterator[None]:
    """Count an attempt to sign in as `identifier`; a refused one counts for longer.

    Raises `LimitReached`.
    """
    person = user_by_identifier(identifier)
    device = device_cookies.known_device(person) if person else None
    with _failures_only() as counted:
        if person and device:
            _add(counted, FAILURE_RATE, "sign-in", "device", device)
            count_attempt(LOGIN_RATE_BY_ACCOUNT, "sign-ins on devices of", person.id)
        else:
            _count_unknown_device(counted, name_of(identifier))
        yield


def _count_unknown_device(counted: ExitStack, name: str) -> None:
    address = address_key()
    count_attempt(LOGIN_RATE_BY_ADDRESS, "sign-ins", address)
    _add(counted, FAILURE_RATE_BY_ADDRESS, "sign-in", "from", address)
    failures = FAILURE_RATE
    try:
        _add(counted, FAILURE_RATE_BY_NAME, "sign-in", "as", name)
    except LimitReached:
        failures = FAILURE_RATE_UNDER_ATTACK
    _add(counted, failures, "sign-in", "as", name, "from", address)


def name_of(identifier: str) -> str:
    """The key under which attempts at a name are counted, whether or not it exists.

    It is the key by which the name is looked up. Counting two spellings, or a name and an
    address, as one would reveal that somebody has them.
    """
    tried = identifier[:MAX_IDENTIFIER_LENGTH]
    key = email_key(tried) if "@" in tried else username_key(tried)
    return sha256(key.encode("utf-8", "replace")).hexdigest()


@contextmanager
def limit_second_step(person: User) -> Iterator[None]:
    """Count an attempt to enter the code of `person`; only a wrong one stays counted.

    Raises `LimitReached`.
    """
    device = device_cookies.known_device(person)
    with _failures_only() as counted:
        if device:
            _add(counted, FAILURE_RATE, "code", "device", device)
        else:
            _add(counted, SECOND_STEP_RATE, "code", "as", person.id)
        yield


@contextmanager
def limit_passkey_login() -> Iterator[None]:
    """Count an attempt to sign in with a passkey; a refused one counts for longer.

    Raises `LimitReached`.
    """
    with _failures_only() as counted:
        count_attempt(LOGIN_RATE_BY_ADDRESS, "sign-ins", address_key())
        _add(counted, FAILURE_RATE_BY_ADDRESS, "sign-in", "from", address_key())
        yield


@contextmanager
def limit_password_checks(person_id: int, session_id: str) -> Iterator[None]:
    """Count an attempt to confirm the current password. Raises `LimitReached`.

    It counts per session, so that somebody who took over one can’t lock the owner out of their
    settings.
    """
    with _failures_only() as counted:
        _add(counted, FAILURE_RATE, "present password", person_id, session_id)
        yield


@contextmanager
def limit_registration(*, is_numbered: bool) -> Iterator[None]:
    """Count a registration. Raises `LimitReached`.

    Every attempt counts, since it computes a hash. A successful one also counts as a
    registration, unless its invitation has a number of uses of its own (`is_numbered`).
    """
    with ExitStack() as counted:
        address = address_key()
        count_attempt(REGISTRATION_ATTEMPT_RATE, "attempts to register", address)
        if not is_numbered:
            _add(counted, REGISTRATION_RATE_BY_ADDRESS, "registrations", address)
        yield
        counted.pop_all()


@contextmanager
def _failures_only() -> Iterator[ExitStack]:
    """Attempts added inside are uncounted at the end, except after an `AccountRefused`."""
    with ExitStack() as counted:
        try:
            yield counted
        except AccountRefused:
            counted.pop_all()
            raise


def _add(counted: ExitStack, limits: str, *key: object) -> None:
    """Count an attempt until `counted` closes. Raises `LimitReached`."""
    counted.callback(count_attempt(limits, *key).give_back)
