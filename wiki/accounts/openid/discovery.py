"""The provider’s metadata: its endpoints and signing keys.

Cached for an hour in each process. An unknown key triggers a new request immediately, since a
provider may rotate its keys at any time.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wiki.accounts.openid.errors import OpenidRefused
from wiki.app_state import AppState
from wiki.setting_types.openid_provider import OpenidProvider

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

METADATA_AGE = 3600  # seconds
TIMEOUT = (3, 5)  # seconds to connect, and between two parts of a response
ANSWER_LIMIT = 500_000  # bytes
# Threads per process that may wait for the provider at once; the others keep serving.
_WAITING = threading.BoundedSemaphore(2)


@dataclass(slots=True)
class Metadata:
    """The metadata of one issuer; `read_at` is a time of `time.monotonic`."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    read_at: float
    keys: dict[str, Any] = field(default_factory=dict)


_CACHE = AppState[dict[str, Metadata]]("openid_metadata", dict)


def metadata_of(provider: OpenidProvider) -> Metadata:
    """The provider’s endpoints and keys, at most `METADATA_AGE` seconds old.

    Raises `OpenidRefused`.
    """
    kept = _CACHE.current().get(provider.issuer)
    if kept is not None and time.monotonic() - kept.read_at < METADATA_AGE:
        return kept
    base = provider.issuer.rstrip("/")
    said = get_json(provider, f"{base}/.well-known/openid-configuration")
    # Reject the metadata of another issuer: OpenID Connect Discovery 1.0, section 4.3.
    if said.get("issuer") != provider.issuer:
        raise OpenidRefused("invalid")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    authorization, token, keys = (str(said.get(name, "")) for name in names)
    if not all(map(provider.allows, (authorization, token, keys))):
        raise OpenidRefused("invalid")
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    is_basic = "client_secret_basic" in methods
    method = "client_secret_basic" if is_basic else "client_secret_post"
    found = Metadata(authorization, token, keys, method, read_at=time.monotonic())
    _CACHE.current()[provider.issuer] = found
    return found


def keys_of(provider: OpenidProvider, *, renew: bool = False) -> Any:
    """The public keys, as a JSON Web Key Set. Raises `OpenidRefused`."""
    metadata = metadata_of(provider)
    if renew or not metadata.keys:
        metadata.keys = get_json(provider, metadata.jwks_uri)
    return metadata.keys


def get_json(provider: OpenidProvider, url: str) -> dict[str, Any]:
    """The provider’s JSON response at `url`; redirects aren’t followed.

    Raises `OpenidRefused`.
    """
    with provider_session(provider) as session:
        answer = session.request(
            "GET", url, withhold_token=True, stream=True, allow_redirects=False
        )
        with answer:
            if answer.status_code >= 500:
                raise OpenidRefused("unreachable")
            body = answer.raw.read(ANSWER_LIMIT, decode_content=True)
    try:
        said = json.loads(body) if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise OpenidRefused("invalid")
    return said


@contextmanager
def provider_session(provider: OpenidProvider, **options: Any) -> "Iterator[OAuth2Session]":
    """An HTTP session with the provider. Raises `OpenidRefused` if it can’t be reached."""
    # Imported on first use, since they take 20 MB.
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    if not _WAITING.acquire(timeout=1):
        raise OpenidRefused("unreachable")
    try:
        with OAuth2Session(
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            default_timeout=TIMEOUT,
            **options,
        ) as session:
            yield session
    except (RequestException, HTTPError) as error:
        raise OpenidRefused("unreachable") from error
    finally:
        _WAITING.release()
