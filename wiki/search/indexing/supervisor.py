"""Keeps the indexer process alive: whichever worker finds its lock free restarts it."""

import logging
import os
import subprocess
import threading
import time

from flask import Flask

from wiki.search.index.index_folder import search_folder
from wiki.search.indexing import index_lock
from wiki.search.indexing.child_process import start_module

log = logging.getLogger(__name__)

LOCK_CHECK_INTERVAL = 0.5  # seconds between two checks of the lock
MAX_RESTART_DELAY = 30.0  # seconds between two starts of an indexer that keeps failing
MIN_HEALTHY_LIFE = 5.0  # seconds; an indexer that ends sooner can't work


class Supervisor(threading.Thread):
    """Starts an indexer whenever the lock is free, for as long as `process` lives."""

    def __init__(self, app: Flask, process: int) -> None:
        super().__init__(name="nexus-search-supervisor", daemon=True)
        self.app = app
        self.process = process
        self.root = search_folder(app)
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
        """Start no more indexers, and end the one that was started here."""
        self._ended.set()
        self.join()
        if self.child:
            self.child.terminate()
            self.child.wait()

    def _look(self) -> None:
        if self.child and self.child.poll() is not None:
            is_short = time.monotonic() - self._began < MIN_HEALTHY_LIFE
            # One that was killed is restarted at once; one that fails on its own, later each time.
            is_failing = is_short and self.child.returncode > 0
            self._pause = (
                min(MAX_RESTART_DELAY, self._pause * 2 + LOCK_CHECK_INTERVAL) if is_failing else 0.0
            )
            self.child = None
        if self.child is None and time.monotonic() - self._began >= self._pause:
            self.child = self._start()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """Start an indexer that inherits the lock, unless there is one."""
        lock = index_lock.acquire(self.root)
        if lock is None:
            return None
        arguments = ["search", "follow", "--while", str(self.process), "--lock", str(lock.number)]
        self._began = time.monotonic()
        try:
            return start_module("wiki", arguments, self.app, pass_fds=[lock.number])
        finally:
            lock.release()


def supervise(app: Flask, process: int | None = None) -> Supervisor:
    """Keep an indexer running as long as `process` does: by default the server's parent process.

    Called once in each web worker, after the fork.
    """
    supervisor = Supervisor(app, process or os.getppid())
    supervisor.start()
    return supervisor
