"""Consumers of events and jobs, which features register for the notifier to run.

Each runs in its own thread, so that one that fails, hangs or is slow doesn't hold up others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from flask import Flask
from sqlalchemy.orm import Session

from wiki.app_state import AppState
from wiki.community.events import Event

# Reads what these events need without any lock; returns a function that writes the result.
Consume: TypeAlias = Callable[[Sequence[Event]], Callable[[Session], None] | None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Handles all events in order, at its own pace.

    The function that `consume` returns is called in the transaction that moves the consumer's
    position, so its writes happen exactly once, even if processes are killed or several replicas
    have the consumer. `consume` gets at most `limit` events at once.
    """

    name: str
    consume: Consume
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job; `run` is called with an application context and without a transaction.

    With `once`, it runs in one of all replicas every `interval`, even across restarts. Otherwise it
    runs in each notifier, at most every `interval`, when something was committed or may have become
    due (`ChangeWatch`), and must lease what it works on.
    """

    name: str
    interval: timedelta
    run: Callable[[], None]
    once: bool = True


_CONSUMERS = AppState[dict[str, Consumer]]("event_consumers", dict)
_JOBS = AppState[dict[str, Job]]("notifier_jobs", dict)


def register_consumer(app: Flask, consumer: Consumer) -> None:
    """Have the notifier pass all events to `consumer`.

    Its name is stored with its position in the database and must never change.
    """
    _CONSUMERS.of(app)[consumer.name] = consumer


def register_job(app: Flask, job: Job) -> None:
    """Have the notifier run `job`. Its name is unique, and stored in the database."""
    _JOBS.of(app)[job.name] = job


def consumers_of(app: Flask) -> list[Consumer]:
    """The registered consumers, in order of registration."""
    return list(_CONSUMERS.of(app).values())


def jobs_of(app: Flask) -> list[Job]:
    """The registered jobs, in order of registration."""
    return list(_JOBS.of(app).values())
