"""Measures merging and comparing ordinary and difficult texts: `python -m benchmarks.texts`.

Pure functions in this process, no server.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.harness import corpus, report
from benchmarks.harness.report import Bar, Row
from wiki.pages.diffing.diff import diff_texts
from wiki.pages.merging.merge import merge_texts

MERGED = 20_000  # characters of each side
COMPARED = 100_000  # characters of each side
MERGE = Bar("<", 50)  # milliseconds
DIFF = Bar("<", 300)  # milliseconds
TIMES = 5  # the median counts

Three = tuple[str, str, str]  # base, mine, theirs


def inputs(pages: list[corpus.CorpusPage], size: int) -> Iterator[tuple[str, Three]]:
    """Yield names with three texts of about `size` characters each."""
    chance = random.Random(size)
    base = text_of(pages, size)
    words = base.split()
    yield "a few lines changed", (base, edited(base, 0.05, chance), edited(base, 0.05, chance))
    yield "half the lines changed", (base, edited(base, 0.5, chance), edited(base, 0.5, chance))
    yield "paragraphs moved", (base, _shuffled(base, chance), _shuffled(base, chance))
    same = ["the same line"] * (size // 14)
    yield "all lines equal", _texts(same, [*same[: len(same) // 2], "mine"], ["theirs", *same])
    yield "all lines different", _texts(*(_sentences(words, size, chance) for _ in range(3)))
    yield "lines of one character", _texts(*(chance.choices("abc", k=size // 2) for _ in range(3)))
    mine, theirs = edited(base, 0.05, chance), edited(base, 0.05, chance)
    yield "one giant line", (_one_line(base), _one_line(mine), _one_line(theirs))
    signs = ["".join(chance.choices("ab .,", k=size)) for _ in range(3)]
    yield "one line of signs", (signs[0], signs[1], signs[2])


def text_of(pages: list[corpus.CorpusPage], size: int) -> str:
    """The texts of the corpus, concatenated and cut at `size` characters."""
    texts: list[str] = []
    length = 0
    for page in pages:
        if length >= size:
            break
        texts.append(page.text)
        length += len(page.text) + 2
    return "\n\n".join(texts)[:size]


def edited(text: str, share: float, chance: random.Random) -> str:
    """`text` with about that share of its lines removed, changed or inserted."""
    words = text.split()
    lines: list[str] = []
    for line in text.split("\n"):
        what = chance.random() / share
        if what < 1 / 3:
            continue
        if what < 2 / 3:
            lines.append(f"{line} {chance.choice(words)}")
        else:
            lines += [" ".join(chance.choices(words, k=9)), line] if what < 1 else [line]
    return "\n".join(lines)


def _shuffled(text: str, chance: random.Random) -> str:
    paragraphs = text.split("\n\n")
    chance.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def _sentences(words: list[str], size: int, chance: random.Random) -> list[str]:
    return [" ".join(chance.choices(words, k=10)) for _ in range(size // 60)]


def _texts(*sides: list[str]) -> Three:
    base, mine, theirs = ("\n".join(lines) for lines in sides)
    return base, mine, theirs


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def measure(pages: list[corpus.CorpusPage], times: int = TIMES) -> list[Row]:
    """Measure merges and diffs, each so many `times`."""
    rows: list[Row] = []
    for name, (base, mine, theirs) in inputs(pages, MERGED):
        merge = _milliseconds(lambda: merge_texts(base, mine, theirs), times)  # noqa: B023
        rows.append(Row(f"Merge, {MERGED // 1000} kB, {name}", merge, "ms", bar=MERGE))
    for name, (base, mine, _) in inputs(pages, COMPARED):
        diff = _milliseconds(lambda: diff_texts(base, mine), times)  # noqa: B023
        rows.append(Row(f"Difference, {COMPARED // 1000} kB, {name}", diff, "ms", bar=DIFF))
    return rows


def _milliseconds(work: Callable[[], object], times: int) -> float:
    """The median processor milliseconds of some runs."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return sorted(seconds)[times // 2] * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.texts", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    try:
        pages = corpus.read_corpus(parser.parse_args().corpus)
    except corpus.NoCorpus as error:
        print(error, file=sys.stderr)
        return 1
    print(report.as_text(measure(pages)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
