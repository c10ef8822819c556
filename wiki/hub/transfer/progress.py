"""Progress of long tasks: a bar on a terminal, an occasional line in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from wiki.i18n import lazy as _l

LINE_INTERVAL = 5.0  # seconds
_PAGES = _l("%(label)s: %(count)s pages")


@contextmanager
def progress(
    label: str, total: int | None = None, line: str = ""
) -> Iterator[Callable[[int], None]]:
    """Yields a function to call with the number done so far. Writes to standard error.

    `line` is the log message, with `label` and `count`; by default, it counts pages.
    """
    # In a pipe, rich would write a line for each update.
    if sys.stderr.isatty():
        with _bar(label, total) as report:
            yield report
    else:
        yield _lines(label, line or str(_PAGES))


def _lines(label: str, line: str) -> Callable[[int], None]:
    next_at = time.monotonic() + LINE_INTERVAL

    def report(done: int) -> None:
        nonlocal next_at
        if time.monotonic() >= next_at:
            next_at = time.monotonic() + LINE_INTERVAL
            click.echo(line % {"label": label, "count": f"{done:,}"}, err=True)

    return report


@contextmanager
def _bar(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    from rich import progress as rich  # noqa: PLC0415  # 50 ms that only a terminal needs
    from rich.console import Console  # noqa: PLC0415

    columns = [
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeElapsedColumn(),
    ]
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
