"""The second step of signing in, for those who have a second factor.

Between the steps the signed session names who gave the right password, for ten minutes, and signs
nobody in.
"""

import time
from dataclasses import dataclass

from flask import session

from wiki.accounts.authentication.failed_sign_ins import log_failed_sign_in
from wiki.accounts.authentication.login_limits import limit_second_step
from wiki.accounts.authentication.sessions import sign_in
from wiki.accounts.models import User
from wiki.accounts.second_factor.factor import check_code, second_factor_of
from wiki.database import db

PATIENCE = 600  # seconds from the password to the code
_KEY = "second_step"


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """Somebody who gave the right password, and whether this device stays signed in."""

    person: User
    remember: bool


def is_needed(person: User) -> bool:
    """Whether `person` signs in with a code as well."""
    return second_factor_of(person.id) is not None


def begin(person: User, *, remember: bool) -> None:
    """Remember until the code is given that `person` knows the password."""
    session.clear()
    session[_KEY] = [person.id, person.session_stamp, bool(remember), int(time.time())]


def pending_login() -> PendingLogin | None:
    """Who has to give a code; `None` when it is too late, or the account has changed since."""
    number, stamp, remember, began_at = session.get(_KEY, (0, "", False, 0))
    if not -PATIENCE <= time.time() - began_at <= PATIENCE:
        return None
    person = db.session.get(User, number)
    if person is None or person.session_stamp != stamp or not person.is_enabled:
        return None
    return PendingLogin(person, remember)


def finish(pending: PendingLogin, code: str) -> bool:
    """Sign in, and return whether it was with a recovery code.

    Raises `AccountRefused`, `LimitReached`.
    """
    number = pending.person.id
    name = pending.person.username
    with log_failed_sign_in(name, "second step"), limit_second_step(pending.person):
        is_recovery = check_code(number, code)
    sign_in(db.session.get_one(User, number), remember=pending.remember)
    return is_recovery
