"""Creating, listing and revoking access tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import CREDENTIAL_NAME_LIMIT, Role, User
from wiki.accounts.tokens.models import AccessToken, TokenScope
from wiki.accounts.tokens.secret import hash_token, new_token
from wiki.accounts.users import lock_users
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l

MAX_TOKENS = 50  # valid tokens per user
DAYS = (30, 90, 365)  # choices in the form
DEFAULT_DAYS = 90
LONGEST_DAYS = 366
# How long an ended token is kept, to tell its user why it isn't accepted.
ENDED_KEPT_FOR = timedelta(days=90)

register_actions(
    {
        "token": _l("Access token created"),
        "token-revoked": _l("Access token revoked"),
        "tokens-revoked": _l("All access tokens of an account revoked"),
    }
)


class TokenNotFound(LookupError):
    """This user has no such token."""


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What a token is for, what it allows, and when it expires."""

    name: str
    scope: TokenScope
    expires_at: datetime


def create_token(person: User, terms: TokenTerms) -> str:
    """A new token of `person`; it is returned once and stored as a hash.

    Raises `AccountRefused`: `name` is `empty`, `too-long`, or `too-many` beyond `MAX_TOKENS`,
    `scope` is `admin-only`, `date` is `past` or `too-far`.
    """
    number, name = person.id, terms.name.strip()
    _check_terms(name, terms)
    token = new_token()
    with write_transaction() as session:
        lock_users(session)
        person = session.get_one(User, number)
        if terms.scope == TokenScope.ADMIN and person.role != Role.ADMIN:
            raise AccountRefused(scope="admin-only")
        _delete_forgotten(session, number)
        if (session.scalar(select(func.count()).where(_is_live(number))) or 0) >= MAX_TOKENS:
            raise AccountRefused(name="too-many")
        session.add(
            AccessToken(
                user_id=number,
                name=name,
                token_hash=hash_token(token),
                scope=terms.scope,
                expires_at=terms.expires_at,
            )
        )
        log_event(session, "token", by=number, subject=f"{name}: {terms.scope}")
    return token


def tokens_of(person_id: int) -> Sequence[AccessToken]:
    """The tokens of a user that weren’t revoked, newest first, including expired ones."""
    query = select(AccessToken).where(
        AccessToken.user_id == person_id, AccessToken.revoked_at.is_(None)
    )
    return db.session.scalars(query.order_by(AccessToken.id.desc())).all()


def count_live_tokens(person_id: int) -> int:
    """How many valid tokens a user has."""
    return db.session.scalar(select(func.count()).where(_is_live(person_id))) or 0


def revoke_token(person_id: int, token_id: int) -> AccessToken:
    """Revoke a user’s token. Raises `TokenNotFound`."""
    with write_transaction() as session:
        found = session.get(AccessToken, token_id)
        if found is None or found.user_id != person_id or found.revoked_at is not None:
            raise TokenNotFound(token_id)
        found.revoked_at = utcnow()
        log_event(session, "token-revoked", by=person_id, subject=found.name)
    return found


def revoke_all_tokens(person_id: int) -> int:
    """Revoke all tokens of a user; returns how many were valid."""
    with write_transaction() as session:
        return revoke_tokens_of(session, person_id, by=person_id)


def revoke_tokens_of(session: Session, person_id: int, *, by: int | None) -> int:
    """The same in the caller’s transaction; `by` is recorded in the audit log."""
    count = session.scalar(select(func.count()).where(_is_live(person_id))) or 0
    session.execute(
        update(AccessToken)
        .where(AccessToken.user_id == person_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=utcnow())
    )
    about = None if by == person_id else person_id
    log_event(session, "tokens-revoked", by=by, about=about, subject=str(count))
    return count


def _check_terms(name: str, terms: TokenTerms) -> None:
    problems: dict[str, str] = {}
    if not name:
        problems["name"] = "empty"
    elif len(name) > CREDENTIAL_NAME_LIMIT:
        problems["name"] = "too-long"
    now = utcnow()
    if terms.expires_at <= now:
        problems["date"] = "past"
    elif terms.expires_at > now + timedelta(days=LONGEST_DAYS):
        problems["date"] = "too-far"
    if problems:
        raise AccountRefused(**problems)


def _is_live(person_id: int) -> ColumnElement[bool]:
    return and_(
        AccessToken.user_id == person_id,
        AccessToken.revoked_at.is_(None),
        AccessToken.expires_at > utcnow(),
    )


def _delete_forgotten(session: Session, person_id: int) -> None:
    long_ago = utcnow() - ENDED_KEPT_FOR
    is_over = or_(AccessToken.revoked_at < long_ago, AccessToken.expires_at < long_ago)
    session.execute(delete(AccessToken).where(AccessToken.user_id == person_id, is_over))
