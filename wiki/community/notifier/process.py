"""The notifier process: a thread for each consumer and job, until the lock or parent is gone."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from flask import Flask

from wiki.app_state import settings_of
from wiki.community.notifier import consuming, jobs
from wiki.community.notifier.registry import Consumer, Job, consumers_of, jobs_of
from wiki.database import ChangeWatch, StorageUnavailable, db
from wiki.processes import lock
from wiki.processes.lock import Lock
from wiki.processes.supervisor import SupervisedProcess

log = logging.getLogger(__name__)

NOTIFIER_LOCK = "notifier.lock"  # in the instance folder

OUTBOX_POLL = 0.5  # seconds between two queries of the outbox
JOB_POLL = 30.0  # seconds at most between two checks whether a job is due
OUTAGE_PAUSE = 1.0  # seconds to wait after the database was unavailable
ERROR_PAUSE = 60.0  # seconds at most to wait after a job failed
NOTE_INTERVAL = 3600.0  # seconds between two records of what was read, for pruning
END_TIMEOUT = 5.0  # seconds that running threads get to finish; nothing is lost if they don't


def acquire_lock(app: Flask) -> Lock | None:
    """The lock that allows one notifier per instance; `None` if another process holds it."""
    return lock.acquire(settings_of(app).instance / NOTIFIER_LOCK)


NOTIFIER = SupervisedProcess("notifier", ("community", "follow"), acquire_lock)


def follow(app: Flask, held: Lock, is_wanted: Callable[[], bool]) -> None:
    """Handle events and run jobs until `is_wanted()` is false or the lock is lost."""
    ended = threading.Event()
    loops = [
        *(partial(_follow_events, app, consumer, ended) for consumer in consumers_of(app)),
        *(partial(_repeat, app, job, ended) for job in jobs_of(app)),
    ]
    # One for each thread, since a thread clears its own before it queries the database.
    changes = [threading.Event() for _ in loops]
    threads = [
        threading.Thread(target=loop, args=[changed], daemon=True)
        for loop, changed in zip(loops, changes, strict=True)
    ]
    for thread in threads:
        thread.start()
    with app.app_context():
        watch = ChangeWatch(db.engine)
    while is_wanted():
        if not held.is_held():
            log.warning("the lock of the notifier is gone; this one ends")
            break
        if watch.may_have_changed():
            _set_all(changes)
        time.sleep(OUTBOX_POLL)
    _set_all([ended, *changes])
    until = time.monotonic() + END_TIMEOUT
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    watch.close()
    with app.app_context():
        db.engine.dispose()


def consume_all(app: Flask) -> None:
    """Let every consumer handle all pending events. Raises what one of them raises."""
    with app.app_context():
        for consumer in consumers_of(app):
            while consuming.consume_next(consumer):
                pass


def run_jobs(app: Flask) -> None:
    """Run all due jobs, one after another. Raises what one of them raises."""
    for job in jobs_of(app):
        with app.app_context():
            jobs.run_if_due(job)


def _set_all(events: Iterable[threading.Event]) -> None:
    """Set the events in order, so that a thread woken by a later one sees the earlier ones."""
    for event in events:
        event.set()


def _follow_events(
    app: Flask, consumer: Consumer, ended: threading.Event, changed: threading.Event
) -> None:
    next_note = 0.0
    while not ended.is_set():
        changed.clear()
        pause = 0.0
        with app.app_context():
            try:
                if time.monotonic() >= next_note:
                    consuming.record_position(consumer)
                    next_note = time.monotonic() + NOTE_INTERVAL
                while not ended.is_set() and consuming.consume_next(consumer):
                    pass
            except StorageUnavailable:
                pause = OUTAGE_PAUSE
            except Exception:
                log.exception("%s failed; it is tried again", consumer.name)
                pause = _retry_delay(consumer)
        if pause or ended.is_set():
            ended.wait(pause)
        else:
            changed.wait()


def _retry_delay(consumer: Consumer) -> float:
    try:
        return consuming.retry_delay(consumer)
    except Exception:  # the database is unreachable
        return OUTAGE_PAUSE


def _repeat(app: Flask, job: Job, ended: threading.Event, changed: threading.Event) -> None:
    interval = job.interval.total_seconds()
    while not ended.is_set():
        changed.clear()
        pause, has_failed = min(interval, JOB_POLL) if job.once else interval, False
        with app.app_context():
            try:
                jobs.run_if_due(job)
            except StorageUnavailable:
                pause, has_failed = max(pause, OUTAGE_PAUSE), True
            except Exception:
                log.exception("the job %r failed; it is tried again", job.name)
                pause, has_failed = max(pause, min(interval, ERROR_PAUSE)), True
        ended.wait(pause)
        if not (job.once or has_failed or ended.is_set()):
            changed.wait()
