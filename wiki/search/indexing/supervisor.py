"""Keeps the follower alive: whichever worker finds its lock free starts it anew."""

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from wiki.app_state import settings_of
from wiki.search.indexing import index_lock

log = logging.getLogger(__name__)

LOCK_CHECK_INTERVAL = 0.5  # seconds between two looks at the lock
MAX_RESTART_DELAY = 30.0  # seconds between two starts of a follower that keeps ending
MIN_HEALTHY_LIFE = 5.0  # seconds; a follower that ends sooner has something against it
PACKAGE = Path(__file__).resolve().parents[3]


class Supervisor(threading.Thread):
    """Starts a follower whenever nobody holds the lock, for as long as `process` lives."""

    def __init__(self, app: Flask, process: int) -> None:
        super().__init__(name="nexus-search-supervisor", daemon=True)
        self.app = app
        self.process = process
        self.root = Path(app.instance_path) / "search"
        self.child: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._pause = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except OSError:
                log.exception("the search indexer can't be started")
            self._ended.wait(LOCK_CHECK_INTERVAL)

    def stop(self) -> None:
        """Start no more followers, and end the one that this one started."""
        self._ended.set()
        self.join()
        if self.child:
            self.child.terminate()
            self.child.wait()

    def _look(self) -> None:
        if self.child and self.child.poll() is not None:
            is_short = time.monotonic() - self._began < MIN_HEALTHY_LIFE
            # Killed ones come back at once; one that fails by itself, later each time.
            is_failing = is_short and self.child.returncode > 0
            self._pause = (
                min(MAX_RESTART_DELAY, self._pause * 2 + LOCK_CHECK_INTERVAL) if is_failing else 0.0
            )
            self.child = None
        if self.child is None and time.monotonic() - self._began >= self._pause:
            self.child = self._start()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """Start a follower that holds the lock from its first moment, unless there is one."""
        lock = index_lock.acquire(self.root)
        if lock is None:
            return None
        command = [sys.executable, "-m", "wiki", "search", "follow"]
        command += ["--while", str(self.process), "--lock", str(lock.number)]
        self._began = time.monotonic()
        try:
            return subprocess.Popen(command, env=environment(self.app), pass_fds=[lock.number])  # noqa: S603
        finally:
            lock.release()


def environment(app: Flask) -> dict[str, str]:
    """The environment in which a process of ours works on the same wiki."""
    settings = settings_of(app)
    return {
        **os.environ,
        "PYTHONPATH": str(PACKAGE),
        "OPENBLAS_NUM_THREADS": "1",
        "NEXUS_INSTANCE": str(settings.instance),
        "NEXUS_DATABASE_URL": settings.database_url,
        "NEXUS_SECRET_KEY": settings.secret_key,
    }


def supervise(app: Flask, process: int | None = None) -> Supervisor:
    """See to it that a follower runs as long as `process` does: the server's parent by default.

    Called once in each web worker, after the fork.
    """
    supervisor = Supervisor(app, process or os.getppid())
    supervisor.start()
    return supervisor
