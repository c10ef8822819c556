"""The sender: the process that empties the queue."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, current_app

from wiki.app_state import current_settings, settings_of
from wiki.database import ChangeWatch, StorageUnavailable, db
from wiki.mail import queue
from wiki.mail.delivery import DeliveryFailed, deliver
from wiki.mail.kinds import UnknownKind, values_of
from wiki.mail.message import InvalidRecipient, make_message
from wiki.mail.queue import DeliveryAttempt
from wiki.mail.sender_settings import can_mail
from wiki.processes import lock
from wiki.processes.lock import Lock, LostLock
from wiki.processes.supervisor import SupervisedProcess

log = logging.getLogger(__name__)

MAIL_LOCK = "mail.lock"  # in the instance folder

QUEUE_POLL = 1.0  # seconds between two queries for mails that are due
OUTAGE_PAUSE = 60.0  # seconds after the mail server was unreachable, as it would be for every mail
ERROR_PAUSE = 5.0  # seconds after a local error: a full disk, an unreachable database
# Tries to record that a mail was sent. Each waits for other writers; all fit into a lease.
RECORD_TRIES = 5
RECORD_PAUSE = 5.0  # seconds between two tries
PRUNE_INTERVAL = 3600.0  # seconds between two runs of `prune`


def acquire_lock(app: Flask) -> Lock | None:
    """The lock that allows one sender per instance; `None` if another process holds it."""
    return lock.acquire(settings_of(app).instance / MAIL_LOCK)


SENDER = SupervisedProcess("sender of mails", ("mail", "follow"), acquire_lock)


def follow(app: Flask, held: Lock, is_wanted: Callable[[], bool]) -> None:
    """Send mails that are due until `is_wanted()` is false; errors are logged and retried."""
    next_pruning = 0.0
    with app.app_context():
        watch = ChangeWatch(db.engine)
    while is_wanted():
        pause = QUEUE_POLL
        try:
            with app.app_context():
                if not held.is_held():
                    raise LostLock
                if watch.may_have_changed() and send_due(is_wanted):
                    watch.forget()
                    pause = OUTAGE_PAUSE
                if time.monotonic() >= next_pruning:
                    next_pruning = time.monotonic() + PRUNE_INTERVAL
                    queue.prune()
        except LostLock:
            log.warning("the lock of the sender of mails is gone; this one ends")
            break
        except Exception:
            log.exception("sending mails failed; it is tried again")
            watch.forget()
            pause = ERROR_PAUSE
        _sleep(pause, is_wanted)
    watch.close()
    with app.app_context():
        db.engine.dispose()


def send_due(is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Send every mail that is due; true if this was given up because of an outage."""
    if not can_mail():  # administrators have removed the sender's address
        return False
    while is_wanted() and (attempt := queue.take_next()):
        if not _send(attempt):
            return True
    return False


def _send(attempt: DeliveryAttempt) -> bool:
    """Make an attempt and record its outcome; false if the server is unreachable."""
    server = current_settings().smtp_url
    if not attempt.recipient:
        queue.drop(attempt)
        return True
    if server is None or attempt.is_expired:
        _fail(attempt, "It became too late for this mail.", "too late", is_final=True)
        return True
    try:
        values = values_of(attempt.kind, {**attempt.parameters, "recipient": attempt.recipient})
        # Reading must not keep a transaction open while we talk to the server.
        message = None if values is None else make_message(attempt, values)
        db.session.rollback()
        if message is None:
            queue.drop(attempt)
            return True
        deliver(message, server, from_host=helo_hostname())
    except UnknownKind:
        _fail(attempt, "This version of Nexus doesn’t know this mail.", "unknown", is_final=True)
    except InvalidRecipient:
        _fail(attempt, "This is no address.", "no address", is_final=True)
    except DeliveryFailed as failed:
        _fail(attempt, str(failed), failed.code, is_final=failed.is_final)
        return not failed.is_outage
    except Exception:
        log.exception("mail %s (%s) can't be made", attempt.mail_id, attempt.kind)
        db.session.rollback()
        _fail(attempt, "The message can’t be created; see the server’s log.", "error")
    else:
        _record_sent(attempt)
    return True


def _record_sent(attempt: DeliveryAttempt) -> None:
    """Record that the server has the mail, with retries: unrecorded, it would be sent again."""
    for _ in range(RECORD_TRIES - 1):
        try:
            return queue.record_sent(attempt)
        except StorageUnavailable:
            time.sleep(RECORD_PAUSE)
    queue.record_sent(attempt)


def _fail(attempt: DeliveryAttempt, reason: str, code: str, *, is_final: bool = False) -> None:
    # Neither the address nor the server's reply: more people read the logs.
    log.warning(
        "mail %s (%s) was not sent at attempt %s: %s",
        attempt.mail_id,
        attempt.kind,
        attempt.number,
        code,
    )
    queue.record_failure(attempt, reason, is_final=is_final)


def helo_hostname() -> str:
    """The host name that we give to the mail server in EHLO."""
    return urlsplit(current_settings().base_url).hostname or current_app.name


def _sleep(seconds: float, is_wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while is_wanted() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, QUEUE_POLL))
