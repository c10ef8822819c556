"""Conflict markers in a text, as Git writes them. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # the hub, too, counts line feeds only
_MARK = re.compile(r"^(?:<{7} theirs|>{7} yours)$", re.MULTILINE)


def with_conflict_markers(merged: str, conflicts: Sequence[Mapping[str, Any]]) -> str:
    """A merged text with both sides of each conflict between conflict markers.

    `merged` has your side of each conflict. `conflicts` are those of the API: `line` counts from
    1, `theirs` and `yours` include their line ends.
    """
    lines = _LINE.findall(merged)
    for each in sorted(conflicts, key=lambda conflict: -conflict["line"]):
        at, count = each["line"] - 1, len(_LINE.findall(each["yours"]))
        theirs, yours = _ended(each["theirs"]), _ended(each["yours"])
        marked = f"<<<<<<< theirs\n{theirs}=======\n{yours}>>>>>>> yours\n"
        lines[at : at + count] = _LINE.findall(marked)
    return "".join(lines)


def has_conflict_markers(text: str) -> bool:
    """Whether the text still has conflict markers."""
    return _MARK.search(text) is not None


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
