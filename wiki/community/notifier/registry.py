"""What the notifier does: features register consumers of events, and jobs.

Each runs in a thread of its own, so that one that fails, hangs or is slow holds up no other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from flask import Flask
from sqlalchemy.orm import Session

from wiki.app_state import AppState
from wiki.community.events import Event

# Reads what is needed for these events without any lock, and gives back what writes the result.
Consume: TypeAlias = Callable[[Sequence[Event]], Callable[[Session], None] | None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Follows all events in order, at its own pace.

    What `consume` gives back is called in the transaction that moves the consumer's position: what
    it writes is there exactly once, however often the process is killed, and however many replicas
    have one. `limit` events at most are given at once.
    """

    name: str
    consume: Consume
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Runs again and again, with an application context and no transaction.

    A job that runs `once` does so in one process of all replicas every `interval`, counted through
    restarts. Another one must lease what it takes: it runs in each notifier, at most every
    `interval`, whenever something was committed or may have become due (`ChangeWatch`).
    """

    name: str
    interval: timedelta
    run: Callable[[], None]
    once: bool = True


_CONSUMERS = AppState[dict[str, Consumer]]("event_consumers", dict)
_JOBS = AppState[dict[str, Job]]("notifier_jobs", dict)


def register_consumer(app: Flask, consumer: Consumer) -> None:
    """Have the notifier give all events to `consumer`.

    Its name is that of its position in the database, and must never change.
    """
    _CONSUMERS.of(app)[consumer.name] = consumer


def register_job(app: Flask, job: Job) -> None:
    """Have the notifier run `job`. Its name tells it from other jobs, in the database, too."""
    _JOBS.of(app)[job.name] = job


def consumers_of(app: Flask) -> list[Consumer]:
    """The consumers that features registered, in that order."""
    return list(_CONSUMERS.of(app).values())


def jobs_of(app: Flask) -> list[Job]:
    """The jobs that features registered, in that order."""
    return list(_JOBS.of(app).values())
