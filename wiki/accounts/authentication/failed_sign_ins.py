"""Failed sign-ins in the audit log: the account, if it exists, and never what was typed.

People sometimes type passwords into the name field. The number of logged attempts is limited,
since rows are never deleted. The limit depends on the typed name and not on whether the account
exists, so that response times reveal nothing.
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
LOG_TIMEOUT = 0.2  # seconds a response waits for other writers; the log may miss an attempt

register_actions({"sign-in-failed": _l("Failed to sign in")})


@contextmanager
def log_failed_sign_in(identifier: str, subject: str = "") -> Iterator[None]:
    """Log it if the block refuses somebody who signs in as `identifier`."""
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
    with write_transaction(LOG_TIMEOUT) as session:
        log_event(session, "sign-in-failed", by=None, about=number, subject=subject)
