"""The memory of the processes, and the time to start."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness.report import Bar, Row
from benchmarks.harness.servers import Process, Running, nexus_serve

MEMORY = Bar("<=", 120)  # MB
MB = 1_000_000


def memory_rows(processes: Sequence[Process], of: str, *, bar: Bar | None = MEMORY) -> list[Row]:
    """Rows for the largest worker and every other process, in MB."""
    workers = [process for process in processes if process.is_worker]
    assert workers, f"no worker among {processes}"
    rss, pss = max(p.rss for p in workers), max(p.pss for p in workers)
    own = max(p.own for p in workers)
    found = [
        Row(f"Memory of a worker, {of}, RSS", rss / MB, "MB", bar=bar),
        Row("  PSS: what is shared counted once", pss / MB, "MB"),
        Row("  without mapped files", own / MB, "MB"),
    ]
    others: dict[str, list[int]] = {}
    for process in processes:
        if not process.is_worker:
            others.setdefault(process.name, []).append(process.rss)
    for name, sizes in others.items():
        count = f"{len(sizes)} × " if len(sizes) > 1 else ""
        found.append(Row(f"  {count}{name}, RSS", max(sizes) / MB, "MB"))
    return found


def start_rows(existing: Sequence[float], first: Sequence[float]) -> list[Row]:
    return [
        Row("Start of a wiki that is there", statistics.median(existing), "s"),
        Row("First start: tables and starter pages", statistics.median(first), "s"),
    ]


def start(instance: Path, workers: int) -> float:
    """Start and stop a server; the seconds until /readyz responds. Raises `Broken`."""
    instance.mkdir(parents=True, exist_ok=True)
    server = Running(nexus_serve(workers), instance, "/readyz")
    try:
        return server.start()
    finally:
        server.stop()
