"""Errors of a single line: from compilers, linkers and commands, and exceptions without a trace."""

import re
from collections.abc import Iterator, Sequence

from wiki.fingerprints.lines import ERROR_HEAD, OutputLine
from wiki.fingerprints.model import ReportedError
from wiki.search.query.output_patterns import FAILED_LINE, TRAILER

_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:.*?: )?error\[(?P<name>E\d+)\]: (?P<message>\S.*)",
        r"(?:.*?[\s:-] ?)?error (?P<name>[A-Z]+\d+): (?P<message>\S.*)",
        r"\S.{0,300}?(?::\d+|\(\d+,\d+\)):(?: (?P<name>fatal|internal compiler))? ?[Ee]rror: "
        r"(?P<message>\S.*)",
        r"(?P<place>(?:\./)?[\w./\\-]+\.go:\d+(?::\d+)?): (?P<message>\S.*)",
        r"npm (?:ERR!|error) (?P<name>E[A-Z]{3,}|e(?!rrno)[a-z]{3,}|\d{3}) (?P<message>\S.*)",
        r"npm (?:ERR!|error) (?P<message>(?!A complete log|To see|For a full)[A-Z].*)",
        r"make(?:\[\d+\])?: \*\*\* (?P<message>(?!\[).*)",
        r"(?:docker: )?(?P<name>Error) response from daemon: (?P<message>\S.*)",
        r"[\d.]+ (?P<name>ERROR|error): (?P<message>\S.*)",
        r"(?P<program>[\w./-]+: )?(?P<name>(?i:fatal(?: error)?|error|panic)): (?P<message>\S.*)",
        r"(?P<name>FATAL|ERROR|CRITICAL|SEVERE|E)\]?:?\s+(?P<message>\S.*)",
        r"(?P<program>[\w./-]+): (?:line \d+: |\d+: )?(?P<message>.*\b(?:command not found"
        r"|[Pp]ermission denied|No such file or directory|cannot execute).*)",
    )
)
# `ssh: Could not resolve hostname db`, `Cannot connect to the Docker daemon`
_OF_PROGRAM = re.compile(
    r"[a-z][\w./-]{0,100}: (?:\(\d+\) )?(?P<message>[A-Za-z].*)"
    r"|(?P<words>(?:Can(?:not|[’']t)|Unable to|Could(?: not|n[’']t)|Failed to|Permission"
    r"|The connection) .*)"
)
_LEVELS = ("FATAL", "ERROR", "CRITICAL", "SEVERE", "PANIC")


def line_errors(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """The errors that are reported on a single line; for output without any trace."""
    for at, line in enumerate(lines):
        if TRAILER.search(line.text.strip()):
            continue
        head = ERROR_HEAD.match(line.bare)
        if head and head["message"] and head["name"] not in ("Error", "Exception"):
            yield ReportedError(head["name"], head["message"], (), at, at, is_trace=False)
        elif found := _error_line(line.text.strip()) or _error_line(line.bare):
            yield ReportedError(*found, (), at, at, is_trace=False)


def failed_lines(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """Lines that report a failure without calling it an error, such as `Cannot connect to …`."""
    for at, line in enumerate(lines):
        found = None if TRAILER.search(line.bare) else _OF_PROGRAM.fullmatch(line.bare)
        message = (found["message"] or found["words"]) if found else ""
        if FAILED_LINE.search(message):
            yield ReportedError("error", message, (), at, at, is_trace=False)


def _error_line(text: str) -> tuple[str, str] | None:
    for pattern in _LINES:
        if found := pattern.match(text):
            parts = found.groupdict()
            name = parts.get("name") or "error"
            is_code = name not in _LEVELS and name.isupper() and len(name) > 1
            return (name if is_code else name.lower()), parts["message"]
    return None
