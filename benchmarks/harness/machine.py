"""The machine of a run, and the load of other processes on it."""

import os
import platform
import resource
import time
from pathlib import Path

QUIET = 0.05  # share of the processors; more work of other processes distorts rates and times


class Watch:
    """Measures which share of the machine other processes used during a run."""

    def __init__(self) -> None:
        self._started, self._busy, self._ours = time.perf_counter(), _busy(), _ours()

    def others(self) -> float:
        """The share of processor time used by others; call it after servers have ended."""
        elapsed = (time.perf_counter() - self._started) * _processors()
        return max(0.0, (_busy() - self._busy) - (_ours() - self._ours)) / elapsed

    def note(self) -> str:
        day = time.strftime("%Y-%m-%d", time.gmtime())
        share = self.others()
        note = (
            f"{day}, Python {platform.python_version()}, {_processors()} cores, "
            f"{platform.machine()}; others took {share:.0%} of the processors"
        )
        if share > QUIET:
            note += ": NOT A QUIET MACHINE, trust only processor times and ratios, and those little"
        return note


def _processors() -> int:
    return os.cpu_count() or 1


def _busy() -> float:
    """Seconds for which the processors were busy, or stolen by another virtual machine."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    user, nice, system, _idle, _waiting, hard, soft, stolen = fields
    return (user + nice + system + hard + soft + stolen) / os.sysconf("SC_CLK_TCK")


def _ours() -> float:
    """Processor seconds of this process and its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
