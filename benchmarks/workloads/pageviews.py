"""Page views per second beside the floor, in turns, since the speed of a machine drifts."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.harness.client import Browser, Load, WrongAnswer, load, request_bytes
from benchmarks.harness.corpus import CorpusPage, sample
from benchmarks.harness.floor import PAGES as FLOOR_PAGES
from benchmarks.harness.people import OpenEditor, sign_in
from benchmarks.harness.report import Bar, Row, percentile
from benchmarks.harness.servers import PEOPLE, Running

CONNECTIONS = 16
PAGES = 200
# Characters of source; the mean page of this size or more has 20 kB, like the pages of the floor.
TEXT_FROM = 1_200
SAVE_EVERY = 1.0  # seconds between saves, where a writer saves beside readers
COMPRESSED = "Accept-Encoding: br, gzip"


@dataclass(slots=True)
class Subject:
    """A subject of measurement; `rates` and `costs` have one value per round."""

    name: str
    server: Running
    requests: Sequence[bytes]
    ending: bytes = b"</html>"
    bar: Bar | None = None
    beside: Callable[[], object] | None = None  # called every second meanwhile
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # processor seconds per request
    body: float = 0.0
    reconnected: int = 0

    def turn(self, seconds: float) -> Load:
        with _repeating(self.beside):
            return load(
                self.server.port,
                self.requests,
                seconds=seconds,
                connections=CONNECTIONS,
                ending=self.ending,
            )

    def measure(self, seconds: float) -> None:
        # Warm up: the turns of others have evicted data from caches.
        self.turn(seconds / 4)
        before = self.server.cpu()
        run = self.turn(seconds)
        self.costs.append((self.server.cpu() - before) / len(run.seconds))
        self.rates.append(run.rate)
        self.seconds += run.seconds
        self.body = run.mean_body
        self.reconnected += run.reconnected


def subjects(floor: Running, nexus: Running, corpus: list[CorpusPage]) -> list[Subject]:
    """The subjects, beginning with the floor. Raises `WrongAnswer` if a page is wrong."""
    pages = sample(corpus, PAGES, text_from=TEXT_FROM)
    people = [sign_in(nexus.port, name) for name in PEOPLE]
    check(Browser(nexus.port), pages, "")
    check(people[0], pages, PEOPLE[0])

    def asks(*headers: str) -> list[bytes]:
        return [request_bytes(nexus.port, page.url, headers=headers) for page in pages]

    anonymous, alone = asks(), asks(people[0].cookie)
    mixed = [request for person in people for request in asks(person.cookie)]
    random.Random(20).shuffle(mixed)  # in random order
    numbers = range(1, FLOOR_PAGES + 1)
    return [
        Subject("Floor", floor, [request_bytes(floor.port, f"/page/{n}") for n in numbers]),
        Subject("Page, anonymous", nexus, anonymous, bar=Bar(">=", 0.8, is_of_ratio=True)),
        Subject("Page, signed in", nexus, alone, bar=Bar(">=", 0.6, is_of_ratio=True)),
        Subject(f"Page, {len(people)} people signed in", nexus, mixed),
        Subject(
            "Page, anonymous, a save each second",
            nexus,
            anonymous,
            beside=_saver(people[-1], pages[0].path),
        ),
        Subject("The same pages by the API", nexus, _api_requests(nexus.port, pages), ending=b"}"),
        Subject("Page, anonymous, compressed", nexus, asks(COMPRESSED), ending=b""),
    ]


def _api_requests(port: int, pages: Sequence[CorpusPage]) -> list[bytes]:
    """Requests to the API for the sources of pages."""
    addresses = [page.url.replace("/wiki/", "/api/v1/pages/", 1) for page in pages]
    answer = Browser(port).get(addresses[0])
    if answer.status != 200 or '"text":' not in answer.text:
        raise WrongAnswer(f"{addresses[0]} answered {answer.status}: {answer.text[:1000]}")
    return [request_bytes(port, address) for address in addresses]


def _saver(person: Browser, path: str) -> Callable[[], object]:
    count = 0

    def save() -> None:
        nonlocal count
        count += 1
        OpenEditor.of(person, path).save(f"Saved beside readers, {count}.")

    return save


@contextmanager
def _repeating(work: Callable[[], object] | None) -> Iterator[None]:
    """Call `work` at once and then every SAVE_EVERY seconds, in a separate thread."""
    if work is None:
        yield
        return
    ended = threading.Event()

    def repeat() -> None:
        work()
        while not ended.wait(SAVE_EVERY):
            work()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def check(browser: Browser, pages: Sequence[CorpusPage], name: str) -> None:
    """Check that each page has its title and the name of the signed-in person.

    Raises `WrongAnswer`.
    """
    for page in pages:
        answer = browser.get(page.url)
        text = answer.text
        if answer.status != 200 or page.heading not in text or name not in text:
            raise WrongAnswer(f"{page.url} answered {answer.status}: {text[:1000]}")
    browser.close()


def measure(taking_turns: Sequence[Subject], *, rounds: int, seconds: float) -> float:
    """Measure in rounds of `seconds` each; returns the client's share of a core."""
    started, used = time.perf_counter(), time.process_time()
    for number in range(rounds):
        # The order changes, so that none is always measured after the same other one.
        at = number % len(taking_turns)
        for subject in [*taking_turns[at:], *taking_turns[:at]]:
            subject.measure(seconds)
    return (time.process_time() - used) / (time.perf_counter() - started)


def rows(taking_turns: Sequence[Subject]) -> list[Row]:
    floor, *others = taking_turns
    found = []
    for subject in others:
        ratios = [a / b for a, b in zip(subject.rates, floor.rates, strict=True)]
        rate, base = statistics.median(subject.rates), statistics.median(floor.rates)
        found.append(
            Row(
                subject.name,
                rate,
                "req/s",
                floor=base,
                ratio=statistics.median(ratios),
                bar=subject.bar,
                detail=f"{subject.body / 1000:.0f} kB, floor {floor.body / 1000:.0f} kB",
            )
        )
        cost, base = statistics.median(subject.costs), statistics.median(floor.costs)
        found.append(
            Row("  processor time", cost * 1000, "ms", floor=base * 1000, ratio=base / cost)
        )
        for share, label in ((0.5, "median"), (0.95, "p95")):
            mine, base = percentile(subject.seconds, share), percentile(floor.seconds, share)
            found.append(
                Row(f"  answer, {label}", mine * 1000, "ms", floor=base * 1000, ratio=base / mine)
            )
    return found
