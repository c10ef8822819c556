"""Reauthentication for actions that an open session isn’t enough for.

People enter their password. Those without one, who sign in with a provider or a passkey, must
have signed in within the last `CONFIRMED_FOR` seconds.
"""

import time

from flask import session

from wiki.accounts.authentication import login_limits
from wiki.accounts.authentication.sessions import SIGNED_IN_AT, checks_key
from wiki.accounts.credentials.passwords import verify_password
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import User
from wiki.accounts.second_factor.factor import check_code

CONFIRMED_FOR = 600  # seconds
_GAVE_PASSWORD = "gave_password_at"  # noqa: S105  # of a browser's session


def has_just_signed_in(user_id: int) -> bool:
    """Whether this user signed in or entered their password in this browser just now."""
    return _is_recent(SIGNED_IN_AT, user_id) or gave_password(user_id)


def gave_password(user_id: int) -> bool:
    """Whether this user entered their password in this browser just now, apart from signing in."""
    return _is_recent(_GAVE_PASSWORD, user_id)


def check_current_password(person: User, password: str, code: str | None = None) -> None:
    """Check the password of `person` and, if one is given, a code.

    Raises `AccountRefused`: `current_password` is `wrong`, or `stale` for somebody without a
    password who hasn’t just signed in. Raises `LimitReached`.
    """
    number, stored = person.id, person.password_hash
    with login_limits.limit_password_checks(number, checks_key()):
        if reason := password_problem(number, stored, password):
            raise AccountRefused(current_password=reason)
        if code is not None:
            check_code(number, code)
    # Without a password, nothing new was proven: the time of signing in still counts.
    given = [number, int(time.time())] if stored is not None else session.get(SIGNED_IN_AT)
    if given is not None:
        session[_GAVE_PASSWORD] = given


def password_problem(user_id: int, stored: str | None, password: str) -> str:
    """`wrong` or `stale`; empty if the password is right, or wasn’t needed."""
    if stored is None:
        return "" if has_just_signed_in(user_id) else "stale"
    return "" if verify_password(stored, password) else "wrong"


def _is_recent(key: str, user_id: int) -> bool:
    number, at = session.get(key, (0, 0))
    return bool(number == user_id and -60 <= time.time() - at <= CONFIRMED_FOR)
