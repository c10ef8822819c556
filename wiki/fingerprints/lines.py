"""The lines of the output of a program, each without what a log puts before it."""

import re
from typing import NamedTuple

from wiki.search.query.output_patterns import EXCEPTION, PREFIX
from wiki.search.query.pastes import paste_lines

# The type of an error where it begins a line, with its message.
ERROR_HEAD = re.compile(
    rf"(?:Exception in thread \"[^\"]*\" |Unhandled exception\. |Caused by: |\[cause\]: "
    rf"|Uncaught (?:\(in promise\) )?|\w+ Unhandled ?Rejection:? )?"
    rf"(?P<name>{EXCEPTION}|Error|Exception)(?: \[\w+\])?(?::\s+(?P<message>\S.*)|:?\s*$)"
)
MAX_LINE = 4_000  # characters of a line that are read


class OutputLine(NamedTuple):
    """A line as it was printed, and `bare` without the prefix of a log and indentation."""

    text: str
    bare: str

    @property
    def is_indented(self) -> bool:
        return self.text[:1].isspace()


def read_lines(text: str) -> list[OutputLine]:
    """The lines of a text; where a browser pasted line ends as spaces, as they were."""
    lines = text.strip().splitlines()
    return [_line(line[:MAX_LINE]) for line in (lines if len(lines) > 1 else paste_lines(text))]


def _line(text: str) -> OutputLine:
    stripped = text.strip()
    return OutputLine(text, PREFIX.sub("", stripped, count=1) or stripped)
