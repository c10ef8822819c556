"""What is told while the database takes no change, or doesn't answer at all."""

from typing import Any, NamedTuple

from wiki.i18n import lazy as _l


class OutageMessage(NamedTuple):
    """What happened, and what to do."""

    message: Any
    advice: Any


_MESSAGES = {
    "busy": OutageMessage(
        _l("Another change is being written, and takes longer than it should."),
        _l("Try again in a few seconds."),
    ),
    "read-only": OutageMessage(
        _l("The database can be read and takes no changes at the moment."),
        _l("Try again later. If it lasts, tell who runs the hub."),
    ),
    "full": OutageMessage(
        _l("The disk that holds the database is full."),
        _l("Tell who runs the hub: somebody has to make room. Then try again."),
    ),
    "damaged": OutageMessage(
        _l("The database is damaged."),
        _l("Tell who runs the hub: it may have to come back from a backup."),
    ),
    "offline": OutageMessage(
        _l("The database doesn’t answer."),
        _l("Try again in a few seconds. If it lasts, tell who runs the hub."),
    ),
}


def outage_message(reason: str) -> OutageMessage:
    """The words for the `reason` of a `StorageUnavailable`."""
    return _MESSAGES[reason]
