"""Encrypts the secrets of second factors, so that a copy of the database alone can’t produce codes.

AES-256-GCM with a key derived from the wiki’s secret key, bound to the user so that a row can’t
be moved to another user. Source: NIST SP 800-38D; RFC 5869.
"""

import hashlib
import logging
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from flask import current_app
from sqlalchemy import select, update

from wiki.accounts.second_factor.models import SecondFactor
from wiki.app_state import current_settings
from wiki.database import db, write_transaction

log = logging.getLogger(__name__)

_PURPOSE = b"nexus secret of a second factor"
_VERSION, _SEPARATOR = "1", "."
_NONCE_BYTES = 12


def seal(secret: str, user_id: int) -> str:
    """`secret` in the encrypted form that is stored."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # 10 MB

    name, key = _derived(str(current_app.secret_key))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), _bound_to(user_id))
    return _SEPARATOR.join((_VERSION, name, urlsafe_b64encode(sealed).decode()))


def unseal(stored: str, user_id: int) -> str | None:
    """The secret; `None` if it was encrypted with a lost key, or for another user."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    if not _is_sealed(stored):
        return stored  # stored by a version without encryption
    _version, name, encoded = stored.split(_SEPARATOR)
    key = dict(map(_derived, _all_keys())).get(name)
    if key is None:
        log.warning("the second factor of user %s was sealed with a key that is gone", user_id)
        return None
    sealed = urlsafe_b64decode(encoded)
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, rest, _bound_to(user_id)).decode()
    except InvalidTag:
        log.warning("the second factor of user %s can't be read", user_id)
        return None


def is_up_to_date(stored: str) -> bool:
    """Whether it is encrypted with the current key."""
    name, _key = _derived(str(current_app.secret_key))
    return stored.startswith(f"{_VERSION}{_SEPARATOR}{name}{_SEPARATOR}")


def seal_all() -> int:
    """Re-encrypt all secrets that don’t use the current key; returns their number."""
    rows = db.session.execute(select(SecondFactor.user_id, SecondFactor.secret)).all()
    count = 0
    for user_id, stored in rows:
        secret = None if is_up_to_date(stored) else unseal(stored, user_id)
        if secret is None:
            continue
        is_same = (SecondFactor.user_id == user_id, SecondFactor.secret == stored)
        with write_transaction() as session:
            sealed = seal(secret, user_id)
            session.execute(update(SecondFactor).where(*is_same).values(secret=sealed))
        count += 1
    return count


def _is_sealed(stored: str) -> bool:
    return stored.count(_SEPARATOR) == 2 and stored.startswith(_VERSION + _SEPARATOR)


def _all_keys() -> list[str]:
    return [str(current_app.secret_key), *current_settings().former_secret_keys]


@lru_cache(maxsize=8)
def _derived(secret_key: str) -> tuple[str, bytes]:
    """The id of a key, which reveals nothing about it, and the key."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return hashlib.sha256(_PURPOSE + key).hexdigest()[:8], key


def _bound_to(user_id: int) -> bytes:
    return f"user {user_id}".encode()
