"""How a hub recognizes files of changes made in one of its own files."""

import hashlib
import hmac

from itsdangerous import BadData

from wiki.app_state import current_settings
from wiki.web.signing import link_serializer

_SALT = "offline"
_SIGNED = "hub"


def hub_id() -> str:
    """The mark of this hub, which grants no access to anything."""
    return str(link_serializer(_SALT).dumps(_SIGNED))


def hub_key() -> str:
    """The key under which a browser stores changes for this hub; the same in each of its files."""
    key = current_settings().secret_key.encode()
    return hmac.new(key, b"changes made offline", hashlib.sha256).hexdigest()[:16]


def is_own_mark(mark: str) -> bool:
    """Whether `mark` was made by this hub."""
    try:
        found = link_serializer(_SALT, current_settings().former_secret_keys).loads(mark)
    except BadData:
        return False
    return bool(found == _SIGNED)
