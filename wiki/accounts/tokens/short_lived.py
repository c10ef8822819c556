"""Tokens of short sessions: JSON Web Tokens, which are read without asking what was issued.

One names its user, a scope, and a hash of the session stamp, so that a new password or signing out
everywhere ends it, as does revoking the access token that it was made from. It is for the API
alone. Source: RFC 7519, and RFC 8725 for what to check.
"""

import hmac
import time
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from wiki.accounts.errors import TokenRefused
from wiki.accounts.models import User
from wiki.accounts.tokens.models import TokenScope
from wiki.app_state import current_settings
from wiki.web.programs.api_requests import API_ROOT
from wiki.web.request_values import MAX_ID
from wiki.web.signing import LEEWAY

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

LIFETIME = 3600  # seconds
MAX_LENGTH = 2000  # characters of one
_ALGORITHM = "HS256"
_TYPE = "JWT"
_ISSUER = "urn:nexus-wiki"  # of a wiki that has no address of its own


@dataclass(frozen=True, slots=True)
class ShortToken:
    """What a token says: for whom it acts, what it allows, and which access token it came from."""

    user_id: int
    scope: TokenScope
    stamp_hash: str
    token_id: int | None = None

    def is_of(self, session_stamp: str) -> bool:
        """Whether the user's sessions are still those of this token."""
        return hmac.compare_digest(self.stamp_hash, _stamp_hash(session_stamp))


def issue_short_token(person: User, scope: TokenScope, *, token_id: int | None = None) -> str:
    """A token by which `person` acts for `LIFETIME` seconds."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": _issuer(),
        "aud": _audience(),
        "sub": str(person.id),
        "iat": now,
        "exp": now + LIFETIME,
        "jti": token_hex(8),
        "scope": scope.value,
        "stamp": _stamp_hash(person.session_stamp),
        **({} if token_id is None else {"token": token_id}),
    }
    from joserfc import jwt  # noqa: PLC0415  # with cryptography 7 MB that few workers need

    return jwt.encode({"alg": _ALGORITHM, "typ": _TYPE}, claims, _key(), [_ALGORITHM])


def is_like_short_token(text: str) -> bool:
    """Whether `text` has the form of one."""
    return len(text) <= MAX_LENGTH and text.count(".") == 2 and text.startswith("eyJ")


def read_short_token(text: str) -> ShortToken:
    """What a token says. Raises `TokenRefused` (`invalid`, `expired`)."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    claims = _claims(text)
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": _issuer()},
        aud={"essential": True, "value": _audience()},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        rules.validate(claims)
        made = ShortToken(
            int(claims["sub"]),
            TokenScope(claims["scope"]),
            str(claims["stamp"]),
            claims.get("token"),
        )
    except JoseError as error:
        raise TokenRefused("expired" if error.error == "expired_token" else "invalid") from error
    except (KeyError, TypeError, ValueError) as error:
        raise TokenRefused("invalid") from error
    if not 0 < made.user_id <= MAX_ID:
        raise TokenRefused("invalid")
    return made


def _claims(text: str) -> dict[str, Any]:
    """What was signed. Raises `TokenRefused`."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    try:
        return jwt.decode(text, _key(), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused("invalid") from error


def _key() -> "OctKey":
    """A key for nothing but this. No former one: they may have been replaced since they leaked."""
    from joserfc.jwk import OctKey  # noqa: PLC0415

    secret = current_settings().secret_key.encode()
    return OctKey.import_key(hmac.digest(secret, b"nexus short tokens", "sha256"))


def _stamp_hash(session_stamp: str) -> str:
    return sha256(f"short token {session_stamp}".encode()).hexdigest()[:32]


def _issuer() -> str:
    return current_settings().base_url or _ISSUER


def _audience() -> str:
    return f"{_issuer()}{API_ROOT}"
