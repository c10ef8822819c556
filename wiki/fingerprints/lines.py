"""The lines of a program's output, without log prefixes."""

import re
from typing import NamedTuple

from wiki.search.query.output_patterns import EXCEPTION, PREFIX
from wiki.search.query.pastes import paste_lines

# An error type at the beginning of a line, and its message.
ERROR_HEAD = re.compile(
    rf"(?:Exception in thread \"[^\"]*\" |Unhandled exception\. |Caused by: |\[cause\]: "
    rf"|Uncaught (?:\(in promise\) )?|\w+ Unhandled ?Rejection:? )?"
    rf"(?P<name>{EXCEPTION}|Error|Exception)(?: \[\w+\])?(?::\s+(?P<message>\S.*)|:?\s*$)"
)
MAX_LINE = 4_000  # characters of a line that are read


class OutputLine(NamedTuple):
    """A line as printed (`text`), and without log prefix and indentation (`bare`)."""

    text: str
    bare: str

    @property
    def is_indented(self) -> bool:
        return self.text[:1].isspace()


def read_lines(text: str) -> list[OutputLine]:
    """The lines of a text, with line ends restored where a browser pasted them as spaces."""
    lines = text.strip().splitlines()
    return [_line(line[:MAX_LINE]) for line in (lines if len(lines) > 1 else paste_lines(text))]


def _line(text: str) -> OutputLine:
    stripped = text.strip()
    return OutputLine(text, PREFIX.sub("", stripped, count=1) or stripped)
