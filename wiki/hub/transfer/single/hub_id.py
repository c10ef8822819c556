"""How a hub recognizes files of changes that were made from one of its own."""

import hashlib
import hmac

from itsdangerous import BadData

from wiki.app_state import current_settings
from wiki.web.signing import link_serializer

_SALT = "offline"
_SIGNED = "hub"


def hub_id() -> str:
    """The mark of this hub, which gives access to nothing."""
    return str(link_serializer(_SALT).dumps(_SIGNED))


def hub_key() -> str:
    """What tells this hub from others where a browser keeps changes; the same in each file."""
    key = current_settings().secret_key.encode()
    return hmac.new(key, b"changes made offline", hashlib.sha256).hexdigest()[:16]


def is_own_mark(mark: str) -> bool:
    try:
        found = link_serializer(_SALT, current_settings().former_secret_keys).loads(mark)
    except BadData:
        return False
    return bool(found == _SIGNED)
