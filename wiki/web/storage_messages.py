"""Messages for a database that is unavailable or can't be written."""

from typing import Any, NamedTuple

from wiki.i18n import lazy as _l


class OutageMessage(NamedTuple):
    """What happened, and what to do."""

    message: Any
    advice: Any


_MESSAGES = {
    "busy": OutageMessage(
        _l("Another change is being written and is taking longer than it should."),
        _l("Try again in a few seconds."),
    ),
    "read-only": OutageMessage(
        _l("The database is read-only at the moment."),
        _l("Try again later. If it persists, tell an administrator."),
    ),
    "full": OutageMessage(
        _l("The disk that holds the database is full."),
        _l("Please tell an administrator, who has to free some space. Then try again."),
    ),
    "damaged": OutageMessage(
        _l("The database is damaged."),
        _l("Please tell an administrator: it may have to be restored from a backup."),
    ),
    "offline": OutageMessage(
        _l("The database doesn’t respond."),
        _l("Try again in a few seconds. If it persists, tell an administrator."),
    ),
}


def outage_message(reason: str) -> OutageMessage:
    """The message for the `reason` of a `StorageUnavailable`."""
    return _MESSAGES[reason]
