"""Run all benchmarks and print one table.

    python -m benchmarks [--quick] [--only PARTS] [--corpus FILE] [--wiki FOLDER] [--out FILE]

PARTS: pages, search, save, texts, lengths, start.

The servers run as `nexus serve` starts them; traffic stays on this machine.
"""

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import lengths, texts
from benchmarks.harness import corpus, floor, report
from benchmarks.harness.client import WrongAnswer
from benchmarks.harness.machine import Watch
from benchmarks.harness.servers import Broken, Running, floor_serve, nexus_serve, running
from benchmarks.workloads import footprint, importing, pageviews, saving, searching

PARTS = ("pages", "search", "save", "texts", "lengths", "start")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    every: int  # use one in so many pages of the corpus
    rounds: int
    seconds: float  # per round
    searches: int  # rounds over all queries
    saves: int  # saves by each person
    found: int
    starts: int
    times: int  # repetitions for each pair of texts
    revisions: int  # revisions of the page with a long history


QUICK = Extent(
    every=5,
    rounds=2,
    seconds=1,
    searches=2,
    saves=15,
    found=5,
    starts=1,
    times=1,
    revisions=1_000,
)
FULL = Extent(
    every=1,
    rounds=7,
    seconds=4,
    searches=6,
    saves=40,
    found=20,
    starts=3,
    times=5,
    revisions=10_000,
)


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="nexus-bench-", dir=options.folder))
    watch = Watch()
    try:
        rows, notes = _measure(options, folder)
    except (corpus.NoCorpus, Broken, WrongAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes.insert(0, watch.note())
    print(report.as_text(rows))
    print(*notes, sep="\n")
    if options.out:
        options.out.write_text(report.as_markdown(rows, notes), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer pages, fewer and shorter rounds"
    )
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT, help="a .jsonl.gz of pages")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, by commas")
    parser.add_argument("--out", type=Path, help="write the table as Markdown, too")
    parser.add_argument("--folder", type=Path, help="where the data goes (default: as tempfile)")
    parser.add_argument("--wiki", type=Path, help=importing.KEPT)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _measure(options: argparse.Namespace, folder: Path) -> tuple[list[report.Row], list[str]]:
    extent = QUICK if options.quick else FULL
    parts = set(options.only.split(","))
    pages = corpus.read_corpus(options.corpus)[:: extent.every]
    chosen = folder / "pages.jsonl.gz"
    corpus.write_corpus(chosen, pages)
    notes: list[str] = []
    instance, floor_folder = folder / "wiki", folder / "floor"
    _say("Filling a wiki …")
    run = importing.wiki_in(instance, chosen, len(pages), kept=options.wiki)
    rows = importing.rows(run) if run else []
    floor_folder.mkdir()
    floor.fill(floor_folder)
    with running(nexus_serve(options.workers), instance) as nexus:
        _say("Waiting for the index …")
        nexus.settle()
        if "pages" in parts:
            command = floor_serve(floor_folder, options.workers)
            with running(command, floor_folder, "/page/1") as base:
                rows += _pageviews(base, nexus, pages, extent, notes)
        if "search" in parts:
            _say("Searching …")
            rows += searching.rows(searching.measure(nexus, rounds=extent.searches))
        if "save" in parts:
            rows += _saves(nexus, pages, extent, can_search="search" in parts)
        rows += footprint.memory_rows(nexus.processes(), "at the end")
    if "texts" in parts:
        _say("Merging and comparing texts …")
        rows += texts.measure(pages, extent.times)
    if "lengths" in parts:
        _say("Reading and writing what is long …")
        rows += lengths.run(folder, pages, options.workers, extent.revisions)
    if "start" in parts:
        rows += _starts(folder, extent, options.workers)
    return rows, notes


def _pageviews(
    base: Running, nexus: Running, pages: list[corpus.CorpusPage], extent: Extent, notes: list[str]
) -> list[report.Row]:
    _say("Reading pages …")
    turns = pageviews.subjects(base, nexus, pages)
    share = pageviews.measure(turns, rounds=extent.rounds, seconds=extent.seconds)
    closed = sum(subject.reconnected for subject in turns)
    notes.append(
        f"page views: {extent.rounds} rounds of {extent.seconds:g} s each in turns, "
        f"{pageviews.CONNECTIONS} keep-alive connections, {pageviews.PAGES} pages; the client took "
        f"{share:.0%} of a core; {closed} connections were closed by servers"
    )
    memory = footprint.memory_rows(base.processes(), "floor", bar=None)[:1]
    return [
        *pageviews.rows(turns),
        *footprint.memory_rows(nexus.processes(), "after page views"),
        *memory,
    ]


def _saves(
    nexus: Running, pages: list[corpus.CorpusPage], extent: Extent, *, can_search: bool
) -> list[report.Row]:
    _say("Saving …")
    work = saving.Saving(nexus, pages)
    work.alone(extent.saves)
    work.at_once(extent.saves)
    if can_search:
        work.found(extent.found)
    return saving.rows(work.run)


def _starts(folder: Path, extent: Extent, workers: int) -> list[report.Row]:
    _say("Starting …")
    existing = [footprint.start(folder / "wiki", workers) for _ in range(extent.starts)]
    first = [footprint.start(folder / f"new-{i}", workers) for i in range(extent.starts)]
    return footprint.start_rows(existing, first)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
