"""Measures search at several sizes, beside SQLite's FTS5.

    python -m benchmarks.scale [--sizes 2000,10000]

For each size: a rebuild of the index, memory, searches by class and suggestions over HTTP for one
person, the time until a saved page is found, and searches during a rebuild with saves.
"""

import argparse
import random
import shutil
import string
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks.harness import corpus, report
from benchmarks.harness.client import Browser, WrongAnswer
from benchmarks.harness.corpus import CorpusPage
from benchmarks.harness.enlarge import enlarge
from benchmarks.harness.machine import Watch
from benchmarks.harness.people import OpenEditor, sign_in
from benchmarks.harness.report import Bar, Row, percentile
from benchmarks.harness.servers import (
    PEOPLE,
    Broken,
    Running,
    nexus,
    nexus_serve,
    running,
)
from benchmarks.search.fulltext import FullText
from benchmarks.workloads import importing, query_classes
from benchmarks.workloads.footprint import memory_rows
from benchmarks.workloads.searching import seconds_of, total_of
from wiki.markup import RENDERER_VERSION
from wiki.search.index.manifest import CURRENT

SIZES = "2000,10000,50000"
ROUNDS = 3
SHORT, PASTED, SUGGESTED, FOUND = 12, 25, 8, 1000  # milliseconds, p95; FOUND p99
LARGE = 20_000  # pages; larger wikis may take twice as long
FOUND_LIMIT = 30  # seconds
SHARES = (0.5, 0.95, 0.99)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="pages, by commas")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of all queries")
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    parser.add_argument("--brief", action="store_true", help="no rebuild beside saves")
    parser.add_argument("--wikis", type=Path, help="keep the filled wikis in this folder")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nexus-scale-"))
    watch = Watch()
    try:
        pages = corpus.read_corpus(options.corpus)
        sizes = sorted(map(int, options.sizes.split(",")))
        measured: dict[int, list[Row]] = {}
        for size in sizes:
            print(f"\n{size:,} pages", flush=True)
            measured[size] = _measure(folder / str(size), size, pages, options)
            print(report.as_text(measured[size]), flush=True)
        if len(sizes) > 1:
            print(f"\nGrowth from {sizes[0]:,} to {sizes[-1]:,} pages")
            print(report.as_text(_growth(measured[sizes[0]], measured[sizes[-1]])), flush=True)
    except (corpus.NoCorpus, Broken, WrongAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(watch.note())
    return 0


def _measure(
    folder: Path, size: int, pages: list[CorpusPage], options: argparse.Namespace
) -> list[Row]:
    instance = folder / "wiki"
    folder.mkdir(parents=True)
    _fill(instance, size, pages, options)
    rows = _rebuild(instance, size)
    floor = FullText(instance, folder / "floor.sqlite3")
    rows.append(Row("  FTS5", size / floor.seconds, "pages/s"))
    with running(nexus_serve(1), instance) as server:
        server.settle()
        rows += _searches(server, floor, size, query_classes.queries(pages), options.rounds)
        rows += _suggestions(server, query_classes.typed(pages))
        rows += memory_rows(server.processes(), "after searches", bar=None)
        for people in (1, len(PEOPLE)):
            rows += _found(server, pages, people)
        if not options.brief:
            rows += _while_rebuilding(server, instance, pages)
    return rows


def _growth(small: list[Row], large: list[Row]) -> list[Row]:
    """The ratio of the larger wiki's p95 to the smaller one's, beside that of FTS5."""
    before = {row.name: row for row in small if row.name.endswith(", p95")}
    return [
        Row(row.name, row.value / first.value, "times", _times(row.floor, first.floor))
        for row in large
        if (first := before.get(row.name))
    ]


def _times(now: float | None, before: float | None) -> float | None:
    return now / before if now and before else None


def _fill(instance: Path, size: int, pages: list[CorpusPage], options: argparse.Namespace) -> None:
    # Copies have no text of their own: another renderer would make empty pages of them.
    kept = options.wikis / f"{size}-{RENDERER_VERSION}" if options.wikis else None
    if kept and kept.is_dir():
        shutil.copytree(kept, instance)
        return
    base = options.wikis / f"base-{RENDERER_VERSION}" if options.wikis else None
    importing.wiki_in(instance, options.corpus, len(pages), kept=base)
    enlarge(instance, size)
    if kept:
        shutil.copytree(instance, kept)


def _rebuild(instance: Path, size: int) -> list[Row]:
    started = time.perf_counter()
    nexus(instance, "search", "rebuild")
    return [Row("Rebuild of the index", size / (time.perf_counter() - started), "pages/s")]


def _searches(
    server: Running, floor: FullText, size: int, classes: dict[str, list[str]], rounds: int
) -> list[Row]:
    browser = Browser(server.port)
    browser.get("/search?q=warm")
    rows = []
    for name, queries in classes.items():
        seconds = [seconds_of(browser, query) for _ in range(rounds) for query in queries]
        beside = [
            floor.seconds_of(query) for query in queries
        ]  # for large wikis, each takes seconds
        allowed = {"stack trace": PASTED}.get(name, SHORT if "word" in name else 0)
        bar = Bar("<", allowed * (2 if size > LARGE else 1)) if allowed else None
        rows += _shares(f"Search, {name}", seconds, beside, bar)
    browser.close()
    return rows


def _shares(
    name: str, seconds: Sequence[float], beside: Sequence[float], bar: Bar | None
) -> list[Row]:
    rows = []
    for share in SHARES:
        value, floor = percentile(seconds, share) * 1000, percentile(beside, share) * 1000
        rows.append(
            Row(
                f"{name}, p{share * 100:.0f}",
                value,
                "ms",
                floor,
                bar=bar if share == 0.95 else None,
            )
        )
    return rows


def _suggestions(server: Running, typed: Sequence[str]) -> list[Row]:
    browser = Browser(server.port)
    seconds = []
    for text in ["warm", *typed]:
        started = time.perf_counter()
        answer = browser.get(f"/search/suggest?q={quote_plus(text)}")
        seconds.append(time.perf_counter() - started)
        if answer.status != 200:
            raise WrongAnswer(f"suggestions for {text!r} answered {answer.status}")
    browser.close()
    bars = {0.95: Bar("<", SUGGESTED)}
    return report.timing_rows("Suggestions", seconds[1:], SHARES, bars)


def _found(server: Running, pages: list[CorpusPage], people: int, count: int = 20) -> list[Row]:
    """The time from the response to a save until a search finds its word; `people` save at once."""
    with ThreadPoolExecutor(people) as pool:
        runs = [
            pool.submit(_save_and_find, server.port, PEOPLE[n], pages[n::people][:count], n)
            for n in range(people)
        ]
        seconds = [each for run in runs for each in run.result()]
    bars = {0.99: Bar("<", FOUND)}
    return report.timing_rows(f"Saved until found, {people} writing", seconds, SHARES, bars)


def _save_and_find(port: int, name: str, pages: Sequence[CorpusPage], seed: int) -> list[float]:
    writer, reader = sign_in(port, name), Browser(port)
    chance, seconds = random.Random(seed), []
    for page in pages:
        word = "".join(chance.choices(string.ascii_lowercase, k=14))
        OpenEditor.of(writer, page.path).save(f"The word {word} is new.")
        seconds.append(_until_found(reader, word))
    return seconds


def _until_found(reader: Browser, word: str) -> float:
    started = time.perf_counter()
    while (waited := time.perf_counter() - started) < FOUND_LIMIT:
        if total_of(reader, word):
            return time.perf_counter() - started
        time.sleep(0.01 if waited < 2 else 0.2)
    return float("inf")


def _while_rebuilding(server: Running, instance: Path, pages: list[CorpusPage]) -> list[Row]:
    """Measure searches and saves during a rebuild; in the end, every saved word must be found."""
    current = instance / "search" / CURRENT
    before = current.read_text()
    saved: list[str] = []
    ended = threading.Event()

    def write() -> None:
        writer, chance = sign_in(server.port, PEOPLE[0]), random.Random(99)
        for page in pages[100:]:
            if ended.is_set():
                return
            word = "".join(chance.choices(string.ascii_lowercase, k=14))
            OpenEditor.of(writer, page.path).save(f"The word {word} is new.")
            saved.append(word)

    writing = threading.Thread(target=write)
    writing.start()
    started = time.perf_counter()
    nexus(instance, "search", "rebuild")  # asks the running indexer
    browser, seconds = Browser(server.port), []
    queries = query_classes.queries(pages)["two words"]
    while current.read_text() == before:
        seconds += [seconds_of(browser, query) for query in queries[:10]]
    elapsed = time.perf_counter() - started
    ended.set()
    writing.join()
    missing = sum(_until_found(browser, word) == float("inf") for word in saved)
    return [
        Row("Rebuild beside saves and searches", elapsed, "s", detail=f"{len(saved)} saves"),
        *report.timing_rows("  searches meanwhile", seconds, (0.5, 0.95), {}),
        Row("  saves that are not found", missing, "", bar=Bar("<=", 0)),
    ]


if __name__ == "__main__":
    sys.exit(main())
