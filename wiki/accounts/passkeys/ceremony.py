"""The WebAuthn ceremonies between wiki and authenticator. Source: W3C, Web Authentication Level 3.

A challenge is kept in the signed session cookie of the browser that asked for it. The library is
imported only when a response is verified: it takes 20 MB, and few requests need it.
"""

import json
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import request, session

from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import SessionUser
from wiki.app_state import wiki_name

CHALLENGE_TIMEOUT = 600  # seconds for which a challenge is valid
ALGORITHMS = (-8, -7, -257)  # COSE identifiers of EdDSA, ES256, RS256
RESPONSE_LIMIT = 20_000  # characters; without attestation, a response has about a thousand
_KEY = "passkey_challenge"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random bytes that a response has to sign, and when they were created (seconds since 1970)."""

    value: bytes
    made_at: float


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that an authenticator has created."""

    credential_id: str
    public_key: bytes
    sign_count: int


def creation_options(member: SessionUser, known: Iterable[str]) -> dict[str, Any]:
    """The options for `navigator.credentials.create`; `known` are the ids of existing keys."""
    return {
        "challenge": _new_challenge(),
        "rp": {"id": _rp_id(), "name": wiki_name()},
        "user": {
            "id": _base64url(user_handle(member.id)),
            "name": member.username,
            "displayName": member.username,
        },
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": key} for key in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "timeout": CHALLENGE_TIMEOUT * 1000,
    }


def request_options() -> dict[str, Any]:
    """The options for `navigator.credentials.get`: any key of this site."""
    return {
        "challenge": _new_challenge(),
        "rpId": _rp_id(),
        "allowCredentials": [],
        "userVerification": "required",
        "timeout": CHALLENGE_TIMEOUT * 1000,
    }


def take_challenge() -> Challenge:
    """The challenge of this browser, which can be used once. Raises `AccountRefused`."""
    kept = session.pop(_KEY, None)
    if kept is None or not -CHALLENGE_TIMEOUT <= time.time() - kept[1] <= CHALLENGE_TIMEOUT:
        raise AccountRefused(credential="late")
    return Challenge(bytes.fromhex(kept[0]), kept[1])


def verify_new_key(written: str, challenge: Challenge) -> NewKey:
    """The key in a response to `challenge` from this site. Raises `AccountRefused`."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        verified = verify_registration_response(
            credential=parse_response(written),
            expected_challenge=challenge.value,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise AccountRefused(credential="invalid") from error
    return NewKey(
        _base64url(verified.credential_id), verified.credential_public_key, verified.sign_count
    )


def verify_use(
    response: dict[str, Any], challenge: Challenge, public_key: bytes, sign_count: int
) -> int:
    """The new signature counter of a key that answered `challenge`.

    Raises `AccountRefused`, also if the counter isn’t higher than `sign_count`, which reveals a
    copied key.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        verified = verify_authentication_response(
            credential=response,
            expected_challenge=challenge.value,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise AccountRefused(credential="invalid") from error
    return verified.new_sign_count


def parse_response(written: str) -> dict[str, Any]:
    """A response as JSON, including the id of a key. Raises `AccountRefused`."""
    try:
        response = json.loads(written) if len(written) <= RESPONSE_LIMIT else None
    except (ValueError, RecursionError):
        response = None
    if not isinstance(response, dict) or not isinstance(response.get("response"), dict):
        raise AccountRefused(credential="invalid")
    # The id goes into a query, and JSON may contain NUL and lone surrogates.
    if not isinstance(key := response.get("id"), str) or not _BASE64URL.fullmatch(key):
        raise AccountRefused(credential="invalid")
    return response


def user_handle(person_id: int) -> bytes:
    """How an authenticator tells accounts apart; it contains no personal data."""
    return person_id.to_bytes(8, "big")


def is_of(response: dict[str, Any], person_id: int) -> bool:
    """Whether a response says that its key belongs to this user."""
    handle: object = response["response"].get("userHandle")
    return handle == _base64url(user_handle(person_id))


def _new_challenge() -> str:
    value = secrets.token_bytes(32)
    session[_KEY] = [value.hex(), time.time()]
    return _base64url(value)


def _origin() -> str:
    """The origin of the site, from `NEXUS_BASE_URL` if set; requests for other hosts are refused
    then.
    """
    return request.host_url.removesuffix("/")


def _rp_id() -> str:
    return urlsplit(_origin()).hostname or ""


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
