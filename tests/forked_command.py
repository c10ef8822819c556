"""The `nexus` command in a process that has everything imported already.

Importing the application takes most of a start, nearly two seconds of processor. A process without
threads imports it once for each process that runs tests, and forks for every command.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PRELOAD = "tests.preloaded_application"


def _become(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> None:
    """What `python -m wiki` does; the leader of a session, as a service is."""
    from wiki.__main__ import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
    sys.argv = ["nexus", *arguments]
    main()


class ForkedCommand:
    """`nexus` with `arguments`; what tests use of `subprocess.Popen`."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_PRELOAD])
        self._process = context.Process(
            target=_become, args=(tuple(arguments), folder, dict(environment), log)
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """The exit status once it has ended: minus the signal's number where one has ended it."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status. Raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("nexus", timeout or 0.0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
