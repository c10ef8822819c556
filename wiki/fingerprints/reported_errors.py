"""The form in which `nexus why` sends an error to a hub: type, message and library frames."""

import re
from collections.abc import Iterator, Sequence

from wiki.fingerprints.lines import OutputLine
from wiki.fingerprints.model import LibraryFrame, ReportedError

OWN_CODE = "the program itself"

_HEAD = re.compile(r"(?P<name>\S.{0,200}?)(?:: (?P<message>.*))?$")
_CALL = re.compile(rf"in (?:(?P<module>\S+), (?P<function>\S.*)|{OWN_CODE})$")


def report_error(error: ReportedError) -> str:
    """The error as text of several lines, which `reported_errors` parses."""
    head = f"{error.name}: {error.message}" if error.message else error.name
    called = [frame for frame in error.frames if frame is not None]
    calls = [f"in {frame.module}, {frame.function}" for frame in called] or [f"in {OWN_CODE}"]
    return "\n".join([head, *(f"    {call}" for call in calls)]) + "\n"


def reported_errors(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """The errors in lines that `report_error` wrote."""
    at = 1
    while at < len(lines):
        head, first = _HEAD.match(lines[at - 1].text), at - 1
        calls: list[LibraryFrame | None] = []
        while at < len(lines) and lines[at].is_indented and (call := _CALL.match(lines[at].bare)):
            calls.append(LibraryFrame(call["module"], call["function"]) if call["module"] else None)
            at += 1
        if head and calls and not lines[first].is_indented:
            yield ReportedError(head["name"], head["message"] or "", tuple(calls), first, at - 1)
        at += 1
