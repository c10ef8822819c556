"""Creates a wiki and imports the corpus."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.report import Bar, Row
from benchmarks.harness.servers import make_people, nexus

KEPT = "keep the filled wiki here; when it is there, work on a copy and don't measure the import"
PACE = Bar(">=", 100)  # pages per second


@dataclass(frozen=True, slots=True)
class Import:
    pages: int
    seconds: float  # the whole command, including its start


def measure(instance: Path, corpus: Path, count: int) -> Import:
    """Import `corpus` with its `count` pages into a new wiki in `instance`. Raises `Broken`."""
    instance.mkdir(parents=True, exist_ok=True)
    nexus(instance, "init")
    started = time.perf_counter()
    nexus(instance, "import", str(corpus))
    return Import(count, time.perf_counter() - started)


def wiki_in(instance: Path, corpus: Path, count: int, *, kept: Path | None) -> Import | None:
    """Make the wiki that is measured in `instance`, with its people and index. Raises `Broken`.

    `None` if it was copied from `kept`, where an earlier run has left it.
    """
    if kept is not None and kept.is_dir():
        shutil.copytree(kept, instance)
        return None
    run = measure(instance, corpus, count)
    make_people(instance)
    nexus(instance, "search", "rebuild")  # the server would do this anyway
    if kept is not None:
        shutil.copytree(instance, kept)
    return run


def rows(run: Import) -> list[Row]:
    return [
        Row(
            "Import",
            run.pages / run.seconds,
            "pages/s",
            bar=PACE,
            detail=f"{run.pages:,} pages in {run.seconds:.0f} s",
        )
    ]
