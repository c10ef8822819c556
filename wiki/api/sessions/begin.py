"""Starts a short session, with an access token or with a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g
from flask_login import current_user

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.failed_sign_ins import log_failed_sign_in
from wiki.accounts.authentication.login_limits import limit_second_step
from wiki.accounts.authentication.second_step import is_needed
from wiki.accounts.authentication.sessions import authenticate, signed_in_user
from wiki.accounts.errors import TokenForbidden
from wiki.accounts.models import Role, User
from wiki.accounts.second_factor.factor import check_code
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.short_lived import LIFETIME, issue_short_token
from wiki.api.sessions.schemas import NewSession
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.web.programs.problems import Problem

register_actions({"api-session": _l("Signed in by a program")})
_ORDER = (TokenScope.READ, TokenScope.WRITE, TokenScope.ADMIN)
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="wiki"'}


@dataclass(frozen=True, slots=True)
class BegunSession:
    """A new session and the account it belongs to."""

    token: str
    scope: TokenScope
    expires_at: datetime


def begin_session(wanted: NewSession) -> BegunSession:
    """Start a session of an hour.

    Raises `AccountRefused`, `LimitReached`, `TokenForbidden`, `Problem` (401, 403).
    """
    scope, token_id = TokenScope(wanted.scope), None
    if current_user.is_authenticated and current_user.scope is not None:
        person, token_id = signed_in_user(), _sent_token_id()
        if _ORDER.index(scope) > _ORDER.index(TokenScope(current_user.scope)):
            raise TokenForbidden(scope)
    else:
        person = _by_password(wanted)
    if scope is TokenScope.ADMIN and person.role != Role.ADMIN:
        raise Problem(403, detail="Only administrators have the scope `admin`.")
    person_id = person.id
    with write_transaction() as session:
        log_event(session, "api-session", by=person_id, subject=scope)
    person = db.session.get_one(User, person_id)
    token = issue_short_token(person, scope, token_id=token_id)
    return BegunSession(token, scope, utcnow() + timedelta(seconds=LIFETIME))


def _sent_token_id() -> int:
    """The id of this request’s access token. A session’s own token can’t start another session."""
    token_id: int | None = g.get("token_use", (None, None))[0]
    if token_id is None:
        raise Problem(403, detail="Start a session with an access token or a password.")
    return token_id


def _by_password(wanted: NewSession) -> User:
    if not (wanted.username and wanted.password):
        words = "Send an access token in the header, or `username` and `password`."
        raise Problem(401, "Not signed in", words, kind="sign-in", headers=_CHALLENGE)
    person = authenticate(wanted.username, wanted.password)
    if not is_needed(person):
        return person
    if not wanted.code:
        words = "This account uses two-factor sign-in: send `code` as well."
        raise Problem(401, "A code is needed", words, kind="second-factor", headers=_CHALLENGE)
    number, name = person.id, person.username
    with log_failed_sign_in(name, "second step"), limit_second_step(person):
        check_code(number, wanted.code)
    return db.session.get_one(User, number)
