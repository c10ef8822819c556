"""Literal lines of a Markdown text: front matter, code, formulas, link references. Pure."""

import re
from collections.abc import Iterator, Sequence

from wiki.markup.code_fences import with_code_flags

_FRONT_MATTER_RULE = "---"
_FIELD = re.compile(r"([^\s#:'\"-][^:\n]*):(?:\s|$)")

# Other literal blocks: CommonMark, sections 4.4, 4.6 and 4.7, and `$$` blocks.
_INDENTED = re.compile(r" {0,3}\t| {4}")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)|\[\^")
_REFERENCE = re.compile(r" {0,3}\[[^\]^][^\]]*\]:")
_FIRST_CHARACTERS = frozenset(" \t<$[-*+0123456789")  # of lines that may begin one
_OPENING = {"<pre": "</pre>", "<script": "</script>", "<style": "</style>", "$$": "$$"}


def literal_lines(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is part of front matter, code or a formula, including fences, or a
    link reference definition.
    """
    fenced = _fenced_lines(lines)
    return [
        fence or other
        for fence, other in zip(fenced, _unfenced_literals(lines, fenced), strict=True)
    ]


def _unfenced_literals(lines: Sequence[str], fenced: Sequence[bool]) -> Iterator[bool]:
    """Like `literal_lines`, for lines outside of fences."""
    end = ""
    is_item = False  # or a footnote: lines indented below one are rarely code
    is_text = False  # an indented line doesn't end a paragraph
    for line, is_fenced in zip(lines, fenced, strict=True):
        if is_fenced:
            is_text = False
            yield False
            continue
        if end:
            yield True
            end = "" if end in line.lower() else end
            continue
        if line == "\n":
            is_text = False
            yield False
            continue
        if line[:1] not in _FIRST_CHARACTERS:
            is_item, is_text = is_item and is_text, True
            yield False
            continue
        stripped = line.strip()
        opening = next((o for o in _OPENING if stripped.lower().startswith(o)), None)
        if opening is not None:
            end = _OPENING[opening] if _OPENING[opening] not in stripped[len(opening) :] else ""
            is_text = False
            yield True
            continue
        is_indented = bool(_INDENTED.match(line))
        is_code = is_indented and not is_item and not is_text and bool(stripped)
        if not is_indented and stripped:
            is_item = bool(_ITEM.match(line)) or (is_item and is_text)
        is_text = bool(stripped) and not is_code
        yield is_code or bool(_REFERENCE.match(line))


def has_closed_fences(lines: Sequence[str]) -> bool:
    """Whether every fence is closed, so that text added below is not code."""
    return not _fenced_lines([*lines, "\n"])[-1]


def has_duplicate_field(lines: Sequence[str]) -> bool:
    """Whether a front matter field occurs twice, which YAML forbids (1.2.2, section 3.2.1.1)."""
    front = lines[: _front_matter_end(lines)]
    fields = [found[1] for line in front if (found := _FIELD.match(line))]
    return len(fields) > len(set(fields))


def _fenced_lines(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is front matter or fenced code."""
    front = _front_matter_end(lines)
    return [True] * front + [is_code for is_code, _ in with_code_flags(lines[front:])]


def _front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines of front matter; 0 if there is none."""
    if not lines or lines[0].rstrip() != _FRONT_MATTER_RULE:
        return 0
    for number, line in enumerate(lines[1:200], 1):
        if line.rstrip() in (_FRONT_MATTER_RULE, "..."):
            return number + 1
    return 0
