"""Links that unsubscribe from mail about notifications without signing in (RFC 8058)."""

from itsdangerous import BadData

from wiki.app_state import current_settings
from wiki.web.base_url import external_url
from wiki.web.signing import link_serializer

_SALT = "unsubscribe"


class InvalidLink(ValueError):
    """The link's token is invalid, or cut off."""


def unsubscribe_link(user_id: int) -> str:
    """The absolute URL that ends a user's mails; it never expires, and does nothing else."""
    token = link_serializer(_SALT).dumps(user_id)
    return external_url("watching.unsubscribe", token=token)


def user_of(token: str) -> int:
    """The id of the user whose token this is. Raises `InvalidLink`."""
    try:
        number = link_serializer(_SALT, current_settings().former_secret_keys).loads(token)
    except BadData as error:
        raise InvalidLink from error
    if not isinstance(number, int):
        raise InvalidLink
    return number
