"""Saves by the edit form, and the time until a search finds them."""

import random
import string
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.harness.client import Browser
from benchmarks.harness.corpus import CorpusPage, sample
from benchmarks.harness.people import OpenEditor, sign_in
from benchmarks.harness.report import Bar, Row, timing_rows
from benchmarks.harness.servers import PEOPLE, Running
from benchmarks.workloads.pageviews import TEXT_FROM
from benchmarks.workloads.searching import total_of

P95 = Bar("<", 60)  # milliseconds
FOUND = Bar("<", 1000)  # milliseconds
FOUND_LIMIT = 30  # seconds
POLL = 0.01  # seconds


@dataclass(slots=True)
class Saves:
    """Seconds of each save; `at_once`: all people save; `found`: from the response on."""

    alone: list[float] = field(default_factory=list)
    cost: float = 0.0  # processor seconds of a single save and of opening its form
    at_once: list[float] = field(default_factory=list)
    rate_at_once: float = 0.0  # saves per second
    found: list[float] = field(default_factory=list)


class Saving:
    """Measures saves; the people stay signed in between measurements."""

    def __init__(self, server: Running, corpus: list[CorpusPage]) -> None:
        self._server = server
        self._browsers = [sign_in(server.port, name) for name in PEOPLE]
        self._pages = sample(corpus, 40 * len(PEOPLE), text_from=TEXT_FROM)
        self._random = random.Random(20)
        self.run = Saves()

    def alone(self, count: int) -> None:
        _save_each(self._browsers[0], self._pages[:2], "Warm.")
        pages = self._pages_for(0)[:count]
        before = self._server.cpu()
        self.run.alone += _save_each(self._browsers[0], pages, "Saved alone.")
        self.run.cost = (self._server.cpu() - before) / len(pages)

    def at_once(self, count: int) -> None:
        """Everybody saves `count` pages of their own."""
        started = time.perf_counter()
        with ThreadPoolExecutor(len(self._browsers)) as pool:
            done = [
                pool.submit(_save_each, browser, self._pages_for(at)[:count], "Saved at once.")
                for at, browser in enumerate(self._browsers)
            ]
            for seconds in done:
                self.run.at_once += seconds.result()
        self.run.rate_at_once = len(self.run.at_once) / (time.perf_counter() - started)

    def found(self, count: int) -> None:
        """Save a new word, and search until it is found."""
        browser = self._browsers[0]
        for page in self._pages[-count:]:
            word = "".join(self._random.choices(string.ascii_lowercase, k=14))
            OpenEditor.of(browser, page.path).save(f"The word {word} is new.")
            self.run.found.append(_seconds_until_found(browser, word))

    def _pages_for(self, at: int) -> list[CorpusPage]:
        return self._pages[at :: len(self._browsers)]


def _save_each(browser: Browser, pages: Sequence[CorpusPage], words: str) -> list[float]:
    return [OpenEditor.of(browser, page.path).save(words) for page in pages]


def _seconds_until_found(browser: Browser, word: str) -> float:
    """The seconds until a search finds `word`; infinite if it isn't found in time."""
    started = time.perf_counter()
    while (waited := time.perf_counter() - started) < FOUND_LIMIT:
        if total_of(browser, word):
            return time.perf_counter() - started
        time.sleep(POLL if waited < 2 else 0.2)
    return float("inf")


def rows(run: Saves) -> list[Row]:
    people = len(PEOPLE)
    found = []
    if run.alone:
        found += timing_rows("Save", run.alone, (0.5, 0.95), {0.95: P95})
        label = "  processor time, with the form before and the index after"
        found.append(Row(label, run.cost * 1000, "ms"))
    if run.at_once:
        name = f"Save, {people} people at once"
        found += timing_rows(name, run.at_once, (0.5, 0.95), {0.95: P95})
        found.append(Row("  saves, forms opened in between", run.rate_at_once, "a second"))
    if run.found:
        bars = {0.95: FOUND, 1.0: FOUND}
        found += timing_rows("Saved until found", run.found, (0.5, 0.95, 1.0), bars)
    return found
