"""The state kept in this browser’s signed session cookie while somebody signs in with a
provider.
"""

import time
from dataclasses import astuple, dataclass
from typing import Any

from flask import session

from wiki.accounts.openid.errors import OpenidRefused
from wiki.accounts.openid.protocol import OpenIDIdentity, Secrets

HANDSHAKE_TIMEOUT = 600  # seconds to sign in at the provider, and again to choose a name
MAX_BEGUN = 4  # unfinished attempts, in the tabs of one browser
_BEGUN, _ARRIVED, _LINKING = "openid", "openid_identity", "openid_linking"


@dataclass(frozen=True, slots=True)
class Handshake:
    """Somebody who was sent to the provider, to sign in or, as user `linking`, to link an
    identity.
    """

    secrets: Secrets
    next_path: str = ""
    invitation: str = ""
    linking: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the provider has identified, and who has no account yet."""

    identity: OpenIDIdentity
    next_path: str
    invitation: str


def keep(handshake: Handshake) -> None:
    """Store a handshake until the response comes."""
    begun = dict(list(session.get(_BEGUN, {}).items())[1 - MAX_BEGUN :])
    secrets, *rest = handshake.secrets, handshake.next_path, handshake.invitation, handshake.linking
    begun[secrets.state] = [secrets.nonce, secrets.verifier, *rest, int(time.time())]
    session[_BEGUN] = begun


def take(state: str) -> Handshake:
    """The handshake that a response belongs to; it can be taken once. Raises `OpenidRefused`."""
    begun = dict(session.get(_BEGUN, {}))
    found = begun.pop(state, None)
    session[_BEGUN] = begun
    if found is None or not _is_recent(found.pop()):
        raise OpenidRefused("stale")
    nonce, verifier, *rest = found
    return Handshake(Secrets(state, nonce, verifier), *rest)


def keep_arrival(arrival: Arrival) -> None:
    """Store who has arrived, until they have chosen a name."""
    who = [*astuple(arrival.identity), arrival.next_path, arrival.invitation]
    session[_ARRIVED] = [*who, int(time.time())]


def arrival() -> Arrival:
    """Who has arrived from the provider in this browser. Raises `OpenidRefused`."""
    *who, at = session.get(_ARRIVED, [0])
    if not who or not _is_recent(at):
        raise OpenidRefused("stale")
    return Arrival(OpenIDIdentity(*who[:-2]), *who[-2:])


def allow_linking(user_id: int) -> None:
    """Store that this user has entered their password, to link an identity."""
    session[_LINKING] = [user_id, int(time.time())]


def may_link(user_id: int) -> bool:
    """Whether this user has recently been allowed to link an identity in this browser."""
    number, at = session.get(_LINKING, (0, 0))
    return bool(number == user_id and _is_recent(at))


def _is_recent(moment: Any) -> bool:
    return isinstance(moment, int) and -60 <= time.time() - moment <= HANDSHAKE_TIMEOUT
