"""Short-lived tokens for API sessions: JSON Web Tokens, which are verified without a lookup.

A token contains its user, a scope, and a hash of the session stamp, so that a new password, or
signing out everywhere, ends it. Revoking the access token that it was created with also ends it.
It works for the API only. Source: RFC 7519, and RFC 8725 for what to check.
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
MAX_LENGTH = 2000  # characters of a token
_ALGORITHM = "HS256"
_TYPE = "JWT"
_ISSUER = "urn:nexus-wiki"  # for a wiki without `NEXUS_BASE_URL`


@dataclass(frozen=True, slots=True)
class ShortToken:
    """The content of a token: its user, its scope, and the access token it was created with."""

    user_id: int
    scope: TokenScope
    stamp_hash: str
    token_id: int | None = None

    def is_of(self, session_stamp: str) -> bool:
        """Whether the user’s session stamp still matches this token."""
        return hmac.compare_digest(self.stamp_hash, _stamp_hash(session_stamp))


def issue_short_token(person: User, scope: TokenScope, *, token_id: int | None = None) -> str:
    """A token with which a program acts for `person` for `LIFETIME` seconds."""
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
    """Whether `text` has the form of a short-lived token."""
    return len(text) <= MAX_LENGTH and text.count(".") == 2 and text.startswith("eyJ")


def read_short_token(text: str) -> ShortToken:
    """The content of a token. Raises `TokenRefused` (`invalid`, `expired`)."""
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
    """The verified claims. Raises `TokenRefused`."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    try:
        return jwt.decode(text, _key(), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused("invalid") from error


def _key() -> "OctKey":
    """A key derived for this purpose only. Former secret keys aren’t accepted, since they may have
    leaked.
    """
    from joserfc.jwk import OctKey  # noqa: PLC0415

    secret = current_settings().secret_key.encode()
    return OctKey.import_key(hmac.digest(secret, b"nexus short tokens", "sha256"))


def _stamp_hash(session_stamp: str) -> str:
    return sha256(f"short token {session_stamp}".encode()).hexdigest()[:32]


def _issuer() -> str:
    return current_settings().base_url or _ISSUER


def _audience() -> str:
    return f"{_issuer()}{API_ROOT}"
