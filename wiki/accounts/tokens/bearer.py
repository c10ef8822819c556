"""Authenticates requests by access token instead of a session.

`wiki.web.authorization` has removed their cookies. Source: RFC 6750.
"""

from contextlib import suppress
from typing import Any

from flask import Flask, Request, Response, g, request
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.exc import SQLAlchemyError

from wiki.accounts.authentication.sessions import (
    ACCESS_VERSION,
    GROUPS,
    LAST_USE_PRECISION,
    parse_groups,
)
from wiki.accounts.blocking.models import IS_BLOCKED
from wiki.accounts.errors import TokenForbidden, TokenRefused
from wiki.accounts.models import SessionUser, User
from wiki.accounts.tokens.models import AccessToken, TokenScope
from wiki.accounts.tokens.secret import hash_token, is_whole
from wiki.accounts.tokens.short_lived import is_like_short_token, read_short_token
from wiki.database import db, utcnow
from wiki.extensions import login_manager
from wiki.rate_limits import address_key, count_attempt
from wiki.web.authorization import sent_token
from wiki.web.programs.api_requests import is_api_request

# Nobody guesses 256 bits; this limits the work that wrong tokens cause.
WRONG_TOKEN_RATE = "20 per minute; 200 per hour"  # noqa: S105  # from one address
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# POST endpoints that change nothing.
READING_POSTS = frozenset({"git.upload_pack", "graphql.ask"})
_FOR_ANY_TOKEN = READING_POSTS | {
    "api.create_session"
}  # whose session can't exceed the token's scope
OWN_ACCOUNT = "accounts"  # the blueprint that is closed to tokens

_PERSON = (
    *(User.id, User.username, User.email, User.role, User.session_stamp, User.timezone),
    User.is_enabled,
    GROUPS.label("groups"),
    ACCESS_VERSION.label("access_version"),
    IS_BLOCKED.label("is_blocked"),
)
_TOKEN = select(
    *_PERSON,
    AccessToken.id.label("token_id"),
    AccessToken.scope,
    AccessToken.expires_at,
    AccessToken.revoked_at,
    AccessToken.used_at,
).join(User, User.id == AccessToken.user_id)
_IS_TOKEN_LIVE = exists().where(
    AccessToken.id == bindparam("token"),
    AccessToken.user_id == User.id,
    AccessToken.revoked_at.is_(None),
    AccessToken.expires_at > bindparam("now"),
)
_OF_SESSION = select(*_PERSON, _IS_TOKEN_LIVE.label("is_token_live")).where(
    User.id == bindparam("user")
)


def init_app(app: Flask) -> None:
    """Must be called before anything that asks who makes a request."""
    login_manager.request_loader(member_of_token)
    app.before_request(authenticate_token)
    app.after_request(_record_use)


def member_of_token(_request: Request) -> SessionUser | None:
    """The user for whom the token of this request acts, or `None`."""
    member: SessionUser | None = g.get("token_member")
    return member


def authenticate_token() -> None:
    """Authenticate this request’s token, and check that it allows the request.

    Raises `TokenRefused`, `TokenForbidden`, and `LimitReached` after many wrong tokens.
    """
    token = sent_token()
    if token is None:
        return
    is_short = is_api_request() and is_like_short_token(token)
    member = (load_member_of_short_token if is_short else load_member_of_token)(token)
    is_reading = request.method in SAFE_METHODS or request.endpoint in _FOR_ANY_TOKEN
    if not is_reading and member.scope == TokenScope.READ:
        raise TokenForbidden(TokenScope.WRITE)
    if request.blueprint == OWN_ACCOUNT:
        raise TokenForbidden("account")
    g.token_member = member


def load_member_of_token(token: str) -> SessionUser:
    """The user of a token, which may be any string. Raises `TokenRefused`, `LimitReached`."""
    row = None
    if is_whole(token):
        asked = _TOKEN.where(AccessToken.token_hash == hash_token(token))
        row = db.session.connection().execute(asked, {"now": utcnow()}).one_or_none()
    if row is None:
        count_attempt(WRONG_TOKEN_RATE, "wrong tokens", address_key())
        raise TokenRefused("invalid")
    if row.revoked_at is not None:
        raise TokenRefused("revoked")
    if row.expires_at <= utcnow():
        raise TokenRefused("expired")
    if not row.is_enabled:
        raise TokenRefused("disabled")
    g.token_use = (row.token_id, row.used_at)
    return _member(row, row.scope)


def load_member_of_short_token(text: str) -> SessionUser:
    """The user of a short-lived token. Raises `TokenRefused`, `LimitReached`."""
    try:
        token = read_short_token(text)
    except TokenRefused:
        count_attempt(WRONG_TOKEN_RATE, "wrong tokens", address_key())
        raise
    asked = {"now": utcnow(), "user": token.user_id, "token": token.token_id}
    row = db.session.connection().execute(_OF_SESSION, asked).one_or_none()
    if row is None or not token.is_of(row.session_stamp):
        raise TokenRefused("ended")
    if not row.is_enabled:
        raise TokenRefused("disabled")
    if token.token_id is not None and not row.is_token_live:
        raise TokenRefused("revoked")
    return _member(row, token.scope)


def _member(row: Any, scope: str) -> SessionUser:
    return SessionUser(
        *row[:6],
        session_id="",
        groups=parse_groups(row.groups),
        is_blocked=row.is_blocked,
        scope=scope,
        access_version=row.access_version,
    )


def _record_use(response: Response) -> Response:
    """Record that the token is used, at most once an hour."""
    token_id, used_at = g.get("token_use", (None, None))
    now = utcnow()
    if token_id is None or (used_at is not None and abs(now - used_at) < LAST_USE_PRECISION):
        return response
    noted = update(AccessToken).where(AccessToken.id == token_id).values(used_at=now)
    # Reads must not wait for writers; the next request can record it.
    engine = db.engine.execution_options(write=True, lock_timeout=0)
    with suppress(SQLAlchemyError), engine.begin() as connection:
        connection.execute(noted)
    return response
