"""Measures rendering of ordinary, long and hostile pages: `python -m benchmarks.markup.rendering`.

Everything is included, also sanitizing. Ordinary pages are rendered in this process, as by a save;
long and hostile texts by `render`, which passes them to a worker process and, after its time limit,
shows the source with a note.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.harness import corpus, report
from benchmarks.harness.machine import Watch
from benchmarks.harness.report import Bar, Row
from benchmarks.texts import text_of
from wiki.markup import render
from wiki.markup.pipeline import render_unbounded
from wiki.markup.workers import worker_client

ORDINARY = range(9_000, 11_001)  # characters of a page of about 10 kB
PAGES = 100
TIMES = 5  # runs; the fastest counts, to exclude other work on the machine
LONG = 500_000  # characters
PAGE = Bar("<", 25)  # milliseconds at the median
ANY = Bar("<", 2)  # seconds
EVERYTHING = Path(__file__).resolve().parents[2] / "tests" / "browser" / "everything.md"

Timed = tuple[
    str, float, float, bool
]  # name, processor seconds, elapsed seconds, whether it was formatted


def hostile(size: int) -> Iterator[tuple[str, str]]:
    """Yield names and texts of about `size` characters on which parsers or sanitizers are slow."""
    runs = [">", "> ", "[", "![", "[a](", "[a][", "<a ", "<b>", "<div>", "*a**", "_a __", "`a"]
    runs += ["<!--", "[[", "![[", "$a", "~a", "[^a]", "http:", "a@", "|", "<table><td>", ":a"]
    yield from ((f"{run} repeated", run * (size // len(run))) for run in runs)
    width = int((size / 4) ** 0.5)
    row = "|a" * width + "|\n"
    yield "a square table", row + "|-" * width + "|\n" + row * width
    yield "a long table", "| a | b |\n|---|---|\n" + "| `c` | *d* |\n" * (size // 14)
    depth = int(size**0.5)
    yield "a deep list", "".join("  " * level + "- a\n" for level in range(depth))
    yield "a long list", "- a\n" * (size // 4)
    yield "footnotes", "".join(f"[^{n}]: a\n" for n in range(size // 20)) + "[^1]" * (size // 10)
    yield "definitions of links", "".join(f"[a{n}]: b\n" for n in range(size // 10))
    terms = (f"*[a{n}]: b\n" for n in range(size // 20))
    yield "abbreviations", "".join(terms) + "a1 a2 " * (size // 12)
    yield "attributes", "<a " + "".join(f"a{n}=b " for n in range(size // 8)) + ">"
    yield "one long line of code", "```python\n" + "('a', 1) " * (size // 9) + "\n```"


def ordinary(pages: list[corpus.CorpusPage]) -> list[float]:
    """The processor milliseconds of each page."""
    return [_quickest(page.text, page.path) * 1000 for page in pages]


def _quickest(text: str, path: str = "") -> float:
    return min(_processor_time(text, path) for _ in range(TIMES))


def _processor_time(text: str, path: str) -> float:
    began = time.process_time()
    render_unbounded(text, path)
    return time.process_time() - began


def bounded(name: str, text: str) -> Timed:
    """Render a text as a save does, with a worker that is running already."""
    before = _worked()
    worker_client.save_worker.ask("", "")  # starts it
    began = time.perf_counter()
    rendered = render(text)
    clock = time.perf_counter() - began
    worker_client.save_worker.close()
    return name, max(0.0, _worked() - before - _start()), clock, rendered.is_complete


@cache
def _start() -> float:
    """The processor seconds for starting and ending a worker."""
    before = _worked()
    worker_client.save_worker.ask("", "")
    worker_client.save_worker.close()
    return _worked() - before


def _worked() -> float:
    """The processor seconds of this process and its workers that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def measure(pages: list[corpus.CorpusPage]) -> list[Row]:
    chosen = [page for page in pages if len(page.text) in ORDINARY][:PAGES]
    render_unbounded(text_of(pages, 300_000))  # loads the lexers
    _start()
    each = ordinary(chosen)
    everything = EVERYTHING.read_text(encoding="utf-8")
    of = f"{len(each)} pages of 10 kB"
    rows = [
        Row(f"Rendering, {of}, median", statistics.median(each), "ms", bar=PAGE),
        Row(f"Rendering, {of}, 95 %", report.percentile(each, 0.95), "ms"),
        Row(
            f"Rendering, a page with everything, {len(everything) / 1000:.0f} kB",
            _quickest(everything) * 1000,
            "ms",
            bar=PAGE,
        ),
        *_rows([bounded("500 kB of ordinary pages", text_of(pages, LONG))], "Rendering"),
    ]
    for size in (10_000, LONG):
        slowest = [bounded(name, text) for name, text in hostile(size)]
        slowest.sort(key=lambda timed: timed[1], reverse=True)
        what = f"Hostile, {size // 1000} kB"
        rows += _rows(slowest[:3], what)
        cut = sum(not timed[3] for timed in slowest)
        rows.append(Row(f"{what}, {len(slowest)} texts, shown as source", cut, "texts"))
    return rows


def _rows(timed: list[Timed], what: str) -> list[Row]:
    return [
        Row(
            f"{what}, {name}",
            processor,
            "s",
            bar=ANY,
            detail=f"{clock:.2f} s on the clock, {'formatted' if is_complete else 'source shown'}",
        )
        for name, processor, clock, is_complete in timed
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.markup.rendering", description=__doc__
    )
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    watch = Watch()
    try:
        rows = measure(corpus.read_corpus(parser.parse_args().corpus))
    except corpus.NoCorpus as error:
        print(error, file=sys.stderr)
        return 1
    worker_client.save_worker.close()
    print(report.as_text(rows))
    print(watch.note())
    return 0


if __name__ == "__main__":
    sys.exit(main())
