"""By what a hub knows the files of changes that were begun with one of its own."""

from itsdangerous import BadData

from wiki.app_state import current_settings
from wiki.web.signing import link_serializer

_SALT = "offline"
_SIGNED = "hub"


def hub_id() -> str:
    """The mark of this hub, which gives access to nothing."""
    return str(link_serializer(_SALT).dumps(_SIGNED))


def is_own_mark(mark: str) -> bool:
    try:
        found = link_serializer(_SALT, current_settings().former_secret_keys).loads(mark)
    except BadData:
        return False
    return bool(found == _SIGNED)
