"""Two traps for programs that register: a field that people don't see, and forms sent at once.

A form that is sent at once may be anybody's, such as a script's that sets a wiki up; many from one
network are a program's.

Nobody is told which one it was, or that there are any: the form comes back with the request to send
it again. For a person whose browser filled the field in, or who was that quick, that is all.
"""

from itsdangerous import BadSignature

from wiki.app_state import current_settings
from wiki.rate_limits import LimitReached, address_key, count_attempt
from wiki.web.signing import link_serializer

MIN_SECONDS = 2  # nobody reads the form, types a name and a password twice in less
HASTY_RATE = "10 per hour"  # from one network, forms sent sooner or without their time
MAX_SECONDS = 24 * 3600  # a tab may stay open overnight
_SALT = "registration form"


def new_stamp() -> str:
    """When the form was opened, signed."""
    return link_serializer(_SALT).dumps(None)


def is_human(stamp: str, bait: str) -> bool:
    """Whether a form with this `stamp` and this content of the hidden field may be a person's.

    Without rate limits everybody is.
    """
    if not current_settings().rate_limits:
        return True
    return not bait and (age_is_human(stamp) or _is_first_haste())


def _is_first_haste() -> bool:
    try:
        count_attempt(HASTY_RATE, "hasty registrations", address_key())
    except LimitReached:
        return False
    return True


def age_is_human(stamp: str) -> bool:
    """Whether the form was opened neither a moment nor too long ago.

    `stamp` is signed: a forged one is refused.
    """
    serializer = link_serializer(_SALT)
    try:
        _, opened_at = serializer.loads(stamp, max_age=MAX_SECONDS, return_timestamp=True)
    except BadSignature:
        return False
    now = serializer.make_signer(_SALT).get_timestamp()  # type: ignore[attr-defined]
    return bool(now - int(opened_at.timestamp()) >= MIN_SECONDS)
