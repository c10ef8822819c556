"""Switching the second factor on and off, and checking codes."""

import time
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.credentials.passwords import hash_password, verify_password
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import User
from wiki.accounts.second_factor.codes import (
    clean_code,
    is_one_time,
    matching_step,
    new_recovery_codes,
)
from wiki.accounts.second_factor.models import RecoveryCode, SecondFactor
from wiki.accounts.second_factor.sealing import is_up_to_date, seal, unseal
from wiki.database import db, write_transaction
from wiki.i18n import lazy as _l

_IMPOSSIBLE = 10  # steps; no phone's clock is that far ahead

register_actions(
    {
        "second-factor-on": _l("Second factor switched on"),
        "second-factor-off": _l("Second factor switched off"),
        "recovery-codes": _l("Recovery codes renewed"),
        "recovery-code-used": _l("Recovery code used"),
    }
)


def second_factor_of(person_id: int) -> SecondFactor | None:
    """The second factor of a user, or `None`."""
    found: SecondFactor | None = db.session.get(SecondFactor, person_id)
    return found


def count_recovery_codes(person_id: int) -> int:
    """How many unused recovery codes a user has."""
    query = select(func.count()).where(RecoveryCode.user_id == person_id)
    return db.session.scalar(query) or 0


def switch_on(person: User, secret: str, code: str) -> list[str]:
    """Require codes of `secret` from `person` from now on; returns their recovery codes.

    Raises `AccountRefused`: `code` is `wrong` (the app wasn’t set up correctly) or `on-already`.
    """
    number = person.id
    step = matching_step(secret, clean_code(code), time.time())
    if step is None:
        raise AccountRefused(code="wrong-code")
    codes = new_recovery_codes()
    hashes = _hash(codes)
    with write_transaction() as session:
        session.get_one(User, number, with_for_update=True)
        if session.get(SecondFactor, number) is not None:
            raise AccountRefused(code="on-already")
        sealed = seal(secret, number)
        session.add(SecondFactor(user_id=number, secret=sealed, last_step=step))
        _replace_codes(session, number, hashes)
        log_event(session, "second-factor-on", by=number)
    return codes


def switch_off(person_id: int, *, by: int | None) -> bool:
    """Remove the second factor of a user; returns whether there was one."""
    with write_transaction() as session:
        is_on = session.get(SecondFactor, person_id) is not None
        delete_second_factor(session, person_id)
        if is_on:
            log_event(session, "second-factor-off", by=by, about=person_id)
    return is_on


def delete_second_factor(session: Session, person_id: int) -> None:
    """Delete the second factor and the recovery codes of a user, in the caller's transaction."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == person_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == person_id))


def renew_recovery_codes(person_id: int) -> list[str]:
    """Create new recovery codes; the old ones become invalid."""
    codes = new_recovery_codes()
    hashes = _hash(codes)
    with write_transaction() as session:
        _replace_codes(session, person_id, hashes)
        log_event(session, "recovery-codes", by=person_id)
    return codes


def check_code(person_id: int, written: str) -> bool:
    """Accept a code of a user with a second factor; each code works once.

    Returns whether it was a recovery code. Raises `AccountRefused`: `code` is `wrong-code`, or
    `used` if it was accepted before.
    """
    code = clean_code(written)
    if is_one_time(code):
        _use_one_time_code(person_id, code)
        return False
    _use_recovery_code(person_id, code)
    return True


def _use_one_time_code(person_id: int, code: str) -> None:
    factor = second_factor_of(person_id)
    secret = unseal(factor.secret, person_id) if factor else None
    step = matching_step(secret, code, time.time()) if secret else None
    if factor is None or secret is None or step is None:
        raise AccountRefused(code="wrong-code")
    stored = factor.secret if is_up_to_date(factor.secret) else seal(secret, person_id)
    # A last step in the future was stored while the clock was wrong, and is ignored.
    is_later = (SecondFactor.last_step < step) | (SecondFactor.last_step > step + _IMPOSSIBLE)
    accepted = (
        update(SecondFactor)
        .where(SecondFactor.user_id == person_id, is_later)
        .values(last_step=step, secret=stored)
        .returning(SecondFactor.user_id)
    )
    with write_transaction() as session:
        # Only one of two simultaneous uses succeeds.
        if session.scalar(accepted) is None:
            raise AccountRefused(code="used")


def _use_recovery_code(person_id: int, code: str) -> None:
    rows = db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == person_id))
    known = [(row.id, row.code_hash) for row in rows]
    found = next((id_ for id_, stored in known if code and verify_password(stored, code)), None)
    if found is None:
        raise AccountRefused(code="wrong-code")
    used = delete(RecoveryCode).where(RecoveryCode.id == found).returning(RecoveryCode.id)
    with write_transaction() as session:
        if session.scalar(used) is None:
            raise AccountRefused(code="used")
        log_event(session, "recovery-code-used", by=person_id)


def _hash(codes: Sequence[str]) -> list[str]:
    # Slow on purpose, so done before taking the lock.
    return [hash_password(clean_code(code)) for code in codes]


def _replace_codes(session: Session, person_id: int, hashes: Sequence[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == person_id))
    session.add_all(RecoveryCode(user_id=person_id, code_hash=stored) for stored in hashes)
