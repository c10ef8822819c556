"""Searches over HTTP by one person."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks.harness.client import Browser, WrongAnswer
from benchmarks.harness.report import Bar, Row, timing_rows
from benchmarks.harness.servers import Running

QUERIES = Path(__file__).with_name("queries.txt")
P95 = Bar("<", 20)  # milliseconds


@dataclass(slots=True)
class Searches:
    """The results; `first` are the seconds of queries that nobody has made before."""

    first: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    found: int = 0  # queries that found something
    asked: int = 0  # different queries
    cost: float = 0.0  # processor seconds per search


def read_queries() -> list[str]:
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def total_of(browser: Browser, words: str) -> int:
    """The number of pages that a query finds. Raises `WrongAnswer`."""
    answer = browser.get(f"/search?q={quote_plus(words)}", "Accept: application/json")
    found = re.search(r'"total": *(\d+)', answer.text)
    if answer.status != 200 or found is None:
        raise WrongAnswer(f"the search for {words!r} answered {answer.status}: {answer.text[:500]}")
    return int(found[1])


def measure(server: Running, *, rounds: int) -> Searches:
    """Make all queries `rounds` times, with a new connection, so perhaps a new worker, per round.

    Raises `WrongAnswer`.
    """
    queries = read_queries()
    run = Searches(asked=len(queries))
    before = server.cpu()
    for number in range(rounds):
        browser = Browser(server.port)
        for query in queries:
            run.seconds.append(seconds_of(browser, query))
            if not number:
                run.first.append(run.seconds[-1])
        browser.close()
    run.cost = (server.cpu() - before) / len(run.seconds)
    browser = Browser(server.port)
    run.found = sum(total_of(browser, query) > 0 for query in queries)
    browser.close()
    return run


def seconds_of(browser: Browser, query: str) -> float:
    """The seconds until the page of results has arrived. Raises `WrongAnswer`."""
    started = time.perf_counter()
    answer = browser.get(f"/search?q={quote_plus(query)}")
    seconds = time.perf_counter() - started
    if answer.status != 200 or not answer.body.rstrip().endswith(b"</html>"):
        raise WrongAnswer(f"the search for {query!r} answered {answer.status}")
    return seconds


def rows(run: Searches) -> list[Row]:
    shares = (0.5, 0.95, 0.99)
    return [
        *timing_rows("Search", run.seconds, shares, {0.95: P95}),
        *timing_rows("  asked for the first time", run.first, (0.5, 0.95), {}),
        Row("  processor time", run.cost * 1000, "ms"),
        Row("  queries that find something", run.found, f"of {run.asked}"),
    ]
