"""The second step of signing in, for people with a second factor.

Between the steps, the signed session cookie stores for ten minutes who entered the right
password. This doesn’t sign anybody in.
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

SECOND_STEP_TIMEOUT = 600  # seconds from the password to the code
_KEY = "second_step"


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A person who entered the right password, and whether to stay signed in on this device."""

    person: User
    remember: bool


def is_needed(person: User) -> bool:
    """Whether `person` needs a code to sign in."""
    return second_factor_of(person.id) is not None


def begin(person: User, *, remember: bool) -> None:
    """Store that `person` entered their password, until they enter the code."""
    session.clear()
    session[_KEY] = [person.id, person.session_stamp, bool(remember), int(time.time())]


def pending_login() -> PendingLogin | None:
    """The pending sign-in; `None` if there is none, it has expired, or the account has changed."""
    number, stamp, remember, began_at = session.get(_KEY, (0, "", False, 0))
    if not -SECOND_STEP_TIMEOUT <= time.time() - began_at <= SECOND_STEP_TIMEOUT:
        return None
    person = db.session.get(User, number)
    if person is None or person.session_stamp != stamp or not person.is_enabled:
        return None
    return PendingLogin(person, remember)


def finish(pending: PendingLogin, code: str) -> bool:
    """Sign in; returns whether a recovery code was used.

    Raises `AccountRefused`, `LimitReached`.
    """
    number = pending.person.id
    name = pending.person.username
    with log_failed_sign_in(name, "second step"), limit_second_step(pending.person):
        is_recovery = check_code(number, code)
    sign_in(db.session.get_one(User, number), remember=pending.remember)
    return is_recovery
