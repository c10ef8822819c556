"""Short sessions, and the account that a request is made for."""

from flask_login import current_user

from wiki.api.blueprint import api
from wiki.api.openapi.operation import operation
from wiki.api.schema import ViewResult
from wiki.api.sessions.begin import begin_session
from wiki.api.sessions.schemas import NewSession, OwnAccount, SessionToken

ACCOUNT = "Account"
_NOT_KEPT = {"Cache-Control": "no-store"}


@api.post("/sessions")
@operation(SessionToken, tag=ACCOUNT, status=201, is_public_write=True)
def create_session(json: NewSession) -> ViewResult:
    """Start a session of an hour with its own token (JWT).

    Send an access token in the header, or your username and password. A new password, signing
    out everywhere, and revoking the access token end the session.
    """
    begun = begin_session(json)
    answer = SessionToken(token=begun.token, expires_at=begun.expires_at, scope=begun.scope.value)
    return answer, 201, _NOT_KEPT


@api.get("/me")
@operation(OwnAccount, tag=ACCOUNT)
def read_me() -> ViewResult:
    """The account that you make requests for, and what your token allows."""
    if not current_user.is_authenticated:
        return OwnAccount(username=None, role=None, scope=None)
    who = current_user
    return OwnAccount(username=who.username, role=who.role, scope=who.scope)
