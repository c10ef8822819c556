"""Signatures of plain JSON messages according to Standard Webhooks 1.0.0.

Source: https://github.com/standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256

KEY_PREFIX = "whsec_"
KEY_LENGTH = 32  # bytes; the standard asks for 24 to 64


def new_key() -> str:
    """A random key in the form for the receiver: `whsec_` and Base64."""
    return KEY_PREFIX + base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()


def signature_headers(
    keys: Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The headers of a message sent at `timestamp` (Unix time), with a signature for each key."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_sign(key, message_id, timestamp, body) for key in keys),
    }


def _sign(key: str, message_id: str, timestamp: int, body: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(KEY_PREFIX))
    signed = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(signed).decode()}"
