"""The table of results: each figure beside its floor and its limit."""

import math
import operator
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("", "figure", "floor", "ratio", "bar", "")
_IS_MET = {"<": operator.lt, "<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Bar:
    """The limit of a figure, or of its ratio to the floor: `Bar("<", 20)`."""

    sign: str
    bound: float
    is_of_ratio: bool = False

    def is_met(self, row: "Row") -> bool:
        value = row.ratio if self.is_of_ratio else row.value
        return value is not None and _IS_MET[self.sign](value, self.bound)


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure; `detail` explains it."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    bar: Bar | None = None
    detail: str = ""

    def cells(self) -> tuple[str, ...]:
        met = "" if self.bar is None else "yes" if self.bar.is_met(self) else "NO"
        of = " of the floor" if self.bar and self.bar.is_of_ratio else f" {self.unit}"
        return (
            self.name + (f" ({self.detail})" if self.detail else ""),
            f"{shown(self.value)} {self.unit}",
            "" if self.floor is None else f"{shown(self.floor)} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.bar is None else f"{self.bar.sign} {self.bar.bound:g}{of}",
            met,
        )


def shown(value: float) -> str:
    """A number with three significant digits."""
    if not math.isfinite(value):
        return "never"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The percentile at `share` (0 to 1), by the nearest-rank method."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def timing_rows(
    name: str, seconds: Sequence[float], shares: Sequence[float], bars: dict[float, Bar]
) -> list[Row]:
    """A row in milliseconds for each percentile in `shares`: 0.5 is the median, 1 the maximum."""
    rows = []
    for share in shares:
        value = statistics.median(seconds) if share == 0.5 else percentile(seconds, share)
        label = {0.5: "median", 1.0: "longest"}.get(share, f"p{share * 100:.0f}")
        rows.append(Row(f"{name}, {label}", value * 1000, "ms", bar=bars.get(share)))
    return rows


def as_text(rows: Sequence[Row]) -> str:
    table = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(HEAD))]
    lines = ["  ".join(_aligned(line, widths)).rstrip() for line in table]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *rest = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]


def as_markdown(rows: Sequence[Row], notes: Sequence[str]) -> str:
    lines = [
        "| measure | figure | floor | ratio | bar | met |",
        "|---|---:|---:|---:|---:|---|",
        *("| " + " | ".join(row.cells()) + " |" for row in rows),
        "",
        *(f"- {note}" for note in notes),
    ]
    return "\n".join(lines) + "\n"
