"""Messages about a database that is unavailable or can’t be written."""

from wiki.i18n import Words
from wiki.i18n import lazy as _l

_MESSAGES = {
    "busy": (
        _l("Another change is being written and is taking longer than it should."),
        _l("Try again in a few seconds."),
    ),
    "read-only": (
        _l("The database is read-only at the moment."),
        _l("Try again later. If it persists, tell an administrator."),
    ),
    "full": (
        _l("The disk that holds the database is full."),
        _l("Please tell an administrator, who has to free some space. Then try again."),
    ),
    "damaged": (
        _l("The database is damaged."),
        _l("Please tell an administrator: it may have to be restored from a backup."),
    ),
    "offline": (
        _l("The database doesn’t respond."),
        _l("Try again in a few seconds. If it persists, tell an administrator."),
    ),
}


def outage_message(reason: str) -> tuple[Words, Words]:
    """What happened, and what to do, for the `reason` of a `StorageUnavailable`."""
    return _MESSAGES[reason]
