"""Marks of conflicts in a text, as Git writes them. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # as the hub counts them: other characters end none
_MARK = re.compile(r"^(?:<{7} theirs|>{7} yours)$", re.MULTILINE)


def with_marks(merged: str, conflicts: Sequence[Mapping[str, Any]]) -> str:
    """A merged text, which has yours in each conflict, with both sides between marks.

    `conflicts` are those of the API: `line` from 1, `theirs` and `yours` with their line ends.
    """
    lines = _LINE.findall(merged)
    for each in sorted(conflicts, key=lambda conflict: -conflict["line"]):
        at, count = each["line"] - 1, len(_LINE.findall(each["yours"]))
        theirs, yours = _ended(each["theirs"]), _ended(each["yours"])
        marked = f"<<<<<<< theirs\n{theirs}=======\n{yours}>>>>>>> yours\n"
        lines[at : at + count] = _LINE.findall(marked)
    return "".join(lines)


def has_marks(text: str) -> bool:
    """Whether a conflict is still to be decided."""
    return _MARK.search(text) is not None


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
