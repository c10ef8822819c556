"""The authorization code flow with PKCE between the wiki and the provider.

Authlib implements it. Only responses from the provider itself over TLS are trusted, and only
after their signature, issuer, audience, nonce and time have been checked.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wiki.accounts.openid.discovery import keys_of, metadata_of, provider_session
from wiki.accounts.openid.errors import OpenidRefused
from wiki.accounts.openid.models import SUBJECT_LIMIT
from wiki.setting_types.openid_provider import OpenidProvider

SCOPE = "openid profile email"
# Only asymmetric ones: the client's secret can't sign, and nothing is unsigned.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY = 60  # seconds that the two clocks may differ
SAID_LIMIT = 300  # characters shown of a provider's error message

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets that bind a response to its request; each is used once."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class OpenIDIdentity:
    """The identity that the provider asserts; `email` is set only if the provider has verified
    it.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""  # preferred username


def new_secrets() -> Secrets:
    """New random values of 256 bits for one attempt to sign in."""
    return Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))


def authorization_url(provider: OpenidProvider, kept: Secrets, redirect_uri: str) -> str:
    """The URL to send somebody to for signing in. Raises `OpenidRefused`."""
    endpoint = metadata_of(provider).authorization_endpoint
    options = {"scope": SCOPE, "redirect_uri": redirect_uri, "code_challenge_method": "S256"}
    with provider_session(provider, **options) as session:
        url, _state = session.create_authorization_url(
            endpoint, state=kept.state, code_verifier=kept.verifier, nonce=kept.nonce
        )
    return str(url)


def identify(
    provider: OpenidProvider, answer: Mapping[str, str], kept: Secrets, redirect_uri: str
) -> OpenIDIdentity:
    """The identity of whoever has signed in, from the query string of the callback.

    Raises `OpenidRefused`.
    """
    if "error" in answer:
        reason = "denied" if answer["error"] == "access_denied" else "failed"
        raise OpenidRefused(reason, answer.get("error_description", answer["error"])[:SAID_LIMIT])
    # A response from another provider (mix-up attack): RFC 9207.
    if answer.get("iss", provider.issuer) != provider.issuer or not answer.get("code"):
        raise OpenidRefused("invalid")
    token = _fetch_token(provider, answer["code"], kept, redirect_uri)
    claims = _verified_claims(provider, token, kept.nonce)
    is_verified = claims.get("email_verified") in (True, "true")
    email, name = claims.get("email"), claims.get("preferred_username") or claims.get("name")
    return OpenIDIdentity(
        provider.issuer,
        claims["sub"],
        email if is_verified and isinstance(email, str) else "",
        name if isinstance(name, str) else "",
    )


def _fetch_token(
    provider: OpenidProvider, code: str, kept: Secrets, redirect_uri: str
) -> Mapping[str, Any]:
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415

    metadata = metadata_of(provider)
    options = {
        "redirect_uri": redirect_uri,
        "token_endpoint_auth_method": metadata.auth_method,
    }
    try:
        with provider_session(provider, **options) as session:
            token: Mapping[str, Any] = session.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=kept.verifier,
                allow_redirects=False,
            )
    except OAuthError as error:
        said = str(error.description or error.error or "")
        raise OpenidRefused("failed", said[:SAID_LIMIT]) from error
    return token


def _verified_claims(
    provider: OpenidProvider, token: Mapping[str, Any], nonce: str
) -> Mapping[str, Any]:
    """The claims of the ID token: OpenID Connect Core 1.0, section 3.1.3.7."""
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    parameters = {
        "nonce": nonce,
        "client_id": provider.client_id,
        "access_token": token.get("access_token"),
    }
    try:
        decoded = _decode(provider, str(token.get("id_token", "")))
        claims = CodeIDToken(decoded.claims, decoded.header, options, parameters)
        claims.validate(leeway=LEEWAY)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT or "\0" in subject:
            raise ValueError("sub")
    except (JoseError, ValueError, TypeError) as error:
        _log.warning("The ID token of %s was refused: %r", provider.issuer, error)
        raise OpenidRefused("invalid") from error
    return dict(claims)


def _decode(provider: OpenidProvider, id_token: str) -> Any:
    """The verified ID token; an unknown key may be a new one of the provider."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import BadSignatureError, InvalidKeyIdError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    known = keys_of(provider)
    try:
        return jwt.decode(id_token, KeySet.import_key_set(known), registry=registry)
    except (InvalidKeyIdError, BadSignatureError):
        renewed = keys_of(provider, renew=True)
        return jwt.decode(id_token, KeySet.import_key_set(renewed), registry=registry)
