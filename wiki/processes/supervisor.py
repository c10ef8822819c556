"""Supervises a process of which only one may run: any worker that finds its lock free starts it."""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from wiki.processes.lock import Lock
from wiki.processes.modules import start_module

log = logging.getLogger(__name__)

LOCK_CHECK_INTERVAL = 0.5  # seconds between checks of the lock
MAX_RESTART_DELAY = 30.0  # seconds between starts of a process that keeps failing
MIN_HEALTHY_LIFE = 5.0  # seconds; a process that ends sooner counts as failing


@dataclass(frozen=True, slots=True)
class SupervisedProcess:
    """A process that follows a table and acts on its rows.

    `command` is a `nexus` command with the options `--while` (the process to live with) and
    `--lock` (an inherited lock); `acquire` takes that lock, or returns `None` while another
    process has it.
    """

    name: str
    command: tuple[str, ...]
    acquire: Callable[[Flask], Lock | None]


class Supervisor(threading.Thread):
    """Starts the process whenever its lock is free, as long as the process with id `process`
    lives.
    """

    def __init__(self, app: Flask, follower: SupervisedProcess, process: int) -> None:
        super().__init__(name=f"nexus-supervisor of the {follower.name}", daemon=True)
        self.app = app
        self.follower = follower
        self.process = process
        self.child: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._pause = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        """Check the lock regularly until `stop`."""
        while not self._ended.is_set():
            try:
                self._look()
            except OSError:
                log.exception("the %s can't be started", self.follower.name)
            self._ended.wait(LOCK_CHECK_INTERVAL)

    def stop(self) -> None:
        """Start no more processes, and end the one that was started here."""
        self._ended.set()
        self.join()
        if self.child:
            self.child.terminate()
            self.child.wait()

    def _look(self) -> None:
        if self.child and self.child.poll() is not None:
            is_short = time.monotonic() - self._began < MIN_HEALTHY_LIFE
            # Restart immediately if it was killed; back off if it fails by itself.
            is_failing = is_short and self.child.returncode > 0
            self._pause = (
                min(MAX_RESTART_DELAY, self._pause * 2 + LOCK_CHECK_INTERVAL) if is_failing else 0.0
            )
            self.child = None
        if self.child is None and time.monotonic() - self._began >= self._pause:
            self.child = self._start()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """Start a process that inherits the lock, unless another one holds it."""
        lock = self.follower.acquire(self.app)
        if lock is None:
            return None
        options = ["--while", str(self.process), "--lock", str(lock.number)]
        arguments = [*self.follower.command, *options]
        self._began = time.monotonic()
        try:
            return start_module("wiki", arguments, self.app, pass_fds=[lock.number])
        finally:
            lock.release()


def supervise(app: Flask, follower: SupervisedProcess, process: int | None = None) -> Supervisor:
    """Keep the process running as long as `process` lives, by default the server’s parent process.

    Call it once in each web worker, after the fork.
    """
    supervisor = Supervisor(app, follower, process or os.getppid())
    supervisor.start()
    return supervisor
