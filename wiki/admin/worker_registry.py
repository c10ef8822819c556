"""The processes that serve this wiki on all machines, and their versions.

Each web worker reports itself every minute. One that stops reporting is removed after a while,
since a process can’t be relied on to say that it ends.
"""

import hashlib
import logging
import os
import socket
import threading
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from flask import Flask
from sqlalchemy import String, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from wiki.config import PACKAGE
from wiki.database import StorageUnavailable, db, schema, utcnow, write_transaction
from wiki.markup import RENDERER_VERSION
from wiki.pages.presentation.page_cache import build_fingerprint

log = logging.getLogger(__name__)

BEAT = 60.0  # seconds
IS_RUNNING = timedelta(minutes=3)  # since its last report
REMOVED_AFTER = timedelta(hours=1)


class RunningProcess(db.Model):  # type: ignore[name-defined,misc]
    """A web worker: its machine and its versions."""

    __tablename__ = "running_process"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(16))
    schema: Mapped[str] = mapped_column(String(16))
    renderer: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column()


class Versions(NamedTuple):
    """What processes of the same version have in common; `workers` is their number."""

    version: str
    code: str
    schema: str
    renderer: str
    workers: int
    hosts: int


def nexus_version() -> str:
    """The version of the installed package; empty for a checkout that isn’t installed."""
    try:
        return version("nexus-wiki")
    except PackageNotFoundError:
        return ""


@cache
def code_fingerprint() -> str:
    """A fingerprint of the code, templates and assets on this machine’s disk."""
    digest = hashlib.sha256(build_fingerprint().encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def report_process(seen_at: datetime | None = None) -> None:
    """Report that this process is running; remove processes unheard of for `REMOVED_AFTER`."""
    now = seen_at or utcnow()
    host = socket.gethostname()[:64]
    with write_transaction(lock_timeout=1) as session:
        session.merge(
            RunningProcess(
                id=f"{host}:{os.getpid()}",
                host=host,
                version=nexus_version()[:32],
                code=code_fingerprint(),
                schema=schema.head(),
                renderer=RENDERER_VERSION[:64],
                seen_at=now,
            )
        )
        session.execute(delete(RunningProcess).where(RunningProcess.seen_at < now - REMOVED_AFTER))


def running_versions() -> list[Versions]:
    """The versions of all running processes, most common first."""
    kinds = (
        RunningProcess.version,
        RunningProcess.code,
        RunningProcess.schema,
        RunningProcess.renderer,
    )
    count, hosts = func.count(), func.count(RunningProcess.host.distinct())
    query = (
        select(*kinds, count, hosts)
        .where(RunningProcess.seen_at > utcnow() - IS_RUNNING)
        .group_by(*kinds)
        .order_by(count.desc(), *kinds)
    )
    return [Versions(*row) for row in db.session.execute(query)]


def start_reporting(app: Flask) -> None:
    """Report this worker regularly from now on, in its own thread."""
    threading.Thread(target=_beat, args=(app,), name="nexus-heartbeat", daemon=True).start()


def _beat(app: Flask) -> None:
    pause = threading.Event()
    while True:
        try:
            with app.app_context():
                report_process()
        except (
            StorageUnavailable,
            SQLAlchemyError,
            OSError,
        ) as error:  # files may have been replaced
            log.info("this process could not be noted: %s", error)
        pause.wait(BEAT)
