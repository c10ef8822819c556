"""Which lines of a Markdown text are literal: front matter and fenced code. Pure."""

import re
from collections.abc import Sequence

# CommonMark 0.31.2, section 4.5; the containers a fence may stand in are left out of account,
# so indentation and quote marks before it are skipped.
_FENCE = re.compile(r"^[ \t>*+\-\d.)]*?(`{3,}|~{3,})([^\n]*)")
_FRONT = "---"
_FIELD = re.compile(r"([^\s#:'\"-][^:\n]*):(?:\s|$)")


def literal_lines(lines: Sequence[str]) -> list[bool]:
    """For each line whether it is part of front matter or of fenced code, fences included."""
    return _scan(lines)[0]


def is_balanced(lines: Sequence[str]) -> bool:
    """Whether every fence is closed."""
    return _scan(lines)[1]


def repeats_a_field(lines: Sequence[str]) -> bool:
    """Whether the front matter names a field twice: YAML takes each once."""
    front = lines[: _front_matter_end(lines)]
    fields = [found[1] for line in front if (found := _FIELD.match(line))]
    return len(fields) > len(set(fields))


def _scan(lines: Sequence[str]) -> tuple[list[bool], bool]:
    marks: list[bool] = []
    front = _front_matter_end(lines)
    fence = ""
    for number, line in enumerate(lines):
        if number < front:
            marks.append(True)
            continue
        found = _FENCE.match(line)
        if not fence:
            is_opening = found is not None and not (found[1][0] == "`" and "`" in found[2])
            if found is not None and is_opening:
                fence = found[1]
            marks.append(is_opening)
            continue
        marks.append(True)
        is_as_long = found is not None and found[1].startswith(fence)
        if found is not None and is_as_long and not found[2].strip():
            fence = ""
    return marks, not fence


def _front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines that front matter takes; 0 without any."""
    if not lines or lines[0].rstrip() != _FRONT:
        return 0
    for number, line in enumerate(lines[1:200], 1):
        if line.rstrip() in (_FRONT, "..."):
            return number + 1
    return 0
