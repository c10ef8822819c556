"""Two traps for bots that register: a field that people don’t see, and forms sent too quickly.

A form sent too quickly may be legitimate, such as from a script that sets up a wiki; many of
them from one network come from a bot.

The response doesn’t reveal the traps: the form comes back with a request to send it again. That
is all that happens to a person whose browser filled in the hidden field, or who was that quick.
"""

from itsdangerous import BadSignature

from wiki.app_state import current_settings
from wiki.rate_limits import LimitReached, address_key, count_attempt
from wiki.web.signing import link_serializer

MIN_SECONDS = 2  # nobody reads the form and types a name and two passwords in less
HASTY_RATE = "10 per hour"  # from one network, for forms sent too quickly or without a timestamp
MAX_SECONDS = 24 * 3600  # a tab may stay open overnight
_SALT = "registration form"


def new_stamp() -> str:
    """A signed timestamp of when the form was opened."""
    return link_serializer(_SALT).dumps(None)


def is_human(stamp: str, bait: str) -> bool:
    """Whether a form with this `stamp` and hidden field may come from a person.

    Without rate limits, it always may.
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
    """Whether the form was opened neither too recently nor too long ago.

    `stamp` is signed, so a forged one is refused.
    """
    serializer = link_serializer(_SALT)
    try:
        _, opened_at = serializer.loads(stamp, max_age=MAX_SECONDS, return_timestamp=True)
    except BadSignature:
        return False
    now = serializer.make_signer(_SALT).get_timestamp()  # type: ignore[attr-defined]
    return bool(now - int(opened_at.timestamp()) >= MIN_SECONDS)
