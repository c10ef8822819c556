"""Failed sign-ins in the audit log: the account, if there is one, and never what was typed.

People type passwords where names belong. How many are logged is limited, since rows are never
deleted, by what was typed and not by whether an account has that name: the time of an answer
must not tell.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.login_limits import name_of
from wiki.accounts.errors import AccountRefused
from wiki.accounts.users import user_by_identifier
from wiki.database import StorageUnavailable, write_transaction
from wiki.i18n import lazy as _l
from wiki.rate_limits import LimitReached, count_attempt

LOGGED_RATE_BY_NAME = "10 per hour"
LOGGED_RATE = "300 per hour"
PATIENCE = 0.2  # seconds an answer waits for other writers; the log can miss an attempt

register_actions({"sign-in-failed": _l("Failed to sign in")})


@contextmanager
def log_failed_sign_in(identifier: str, subject: str = "") -> Iterator[None]:
    """Log that the block refuses somebody who signs in as `identifier`."""
    try:
        yield
    except AccountRefused:
        with suppress(StorageUnavailable, LimitReached):
            _log(identifier, subject)
        raise


def _log(identifier: str, subject: str) -> None:
    """Raises `LimitReached`, `StorageUnavailable`."""
    person = user_by_identifier(identifier)
    number = person.id if person else None
    count_attempt(LOGGED_RATE_BY_NAME, "failed sign-in logged", name_of(identifier))
    count_attempt(LOGGED_RATE, "failed sign-ins logged")
    with write_transaction(PATIENCE) as session:
        log_event(session, "sign-in-failed", by=None, about=number, subject=subject)
