"""Interprets pasted program output: traces, logs, messages of compilers, shells and build servers.

Pure functions. In a trace, the exception and its message say what happened; frames, paths, times
and process numbers differ on every machine. Browsers paste line ends as spaces, so lines are
recognised by their beginnings.
"""

from collections.abc import Iterator
from typing import NamedTuple

from wiki.search.query.output_patterns import (
    CHAINED,
    COMMAND_LINE,
    ERROR_LINE,
    EXIT_CODE,
    FAILED_LINE,
    LINE_START,
    MESSAGE,
    NAME,
    NOISE,
    OUTPUT,
    PREFIX,
    QUIET_LINE,
    RECORD,
    RECORDED,
    SIGN,
    TRAILER,
    WARNING_LINE,
)
from wiki.search.query.output_patterns import FRAME as FRAME_LINE

# The weights of the words in a line, by kind of line.
ERROR, UNKNOWN, WARNING, CAUSE, COMMAND, DETAIL, FRAME = 1.0, 0.5, 0.4, 0.4, 0.3, 0.15, 0.1
NOISE_SHARE = 0.1  # weight of a path, address or time that a page contains as well
MAX_LINES = 400  # lines that are read: the last ones
MAX_LEVEL_PLACE = 120  # characters at the beginning of a line, in which its log level occurs
LONG_MESSAGE = 40  # characters; so long a message before an exit code says more than the code


class PasteLine(NamedTuple):
    """A line of a paste without log prefix, and the weight of its words (0 to 1)."""

    text: str
    weight: float


def is_output(text: str) -> bool:
    """Whether a program certainly printed a text, since it has frames, times or a prompt."""
    return SIGN.search(text) is not None and OUTPUT.search(text) is not None


def is_error_message(text: str) -> bool:
    """Whether a text is an error message: `TypeError: 'NoneType' object is not callable`."""
    return SIGN.search(text) is not None and MESSAGE.search(text) is not None


def without_noise(text: str) -> tuple[str, str]:
    """Split a line into its text and its noise: paths, addresses, times and line numbers."""
    return NOISE.sub(" ", text), " ".join(NOISE.findall(text))


def name_spans(text: str) -> list[tuple[int, int]]:
    """The spans of names that must not be corrected: in quotation marks, paths and code."""
    return [match.span() for match in (*NOISE.finditer(text), *NAME.finditer(text))]


def read_paste(text: str) -> tuple[PasteLine, ...]:
    """The lines of program output with their weights; those that state the error weigh 1."""
    lines = list(paste_lines(text))[-MAX_LINES:]
    weights = _weights(lines)
    most = max(weights, default=ERROR)
    return tuple(
        PasteLine(_message(line), ERROR if weight == most else weight)
        for line, weight in zip(lines, weights, strict=True)
    )


def paste_lines(text: str) -> Iterator[str]:
    """The lines of a text, also if a browser has pasted them as one line."""
    for line in text.splitlines():
        begun = ""
        for piece in LINE_START.split(line):
            begun += piece
            # A line may begin with the name of a container, a time or a level.
            if PREFIX.sub("", begun.lstrip(), count=1).strip() or TRAILER.match(begun.lstrip()):
                yield begun.rstrip()
                begun = ""
        if begun.strip():
            yield begun.rstrip()


def _weights(lines: list[str]) -> list[float]:
    weights: list[float] = []
    is_in_frames = is_announced = False
    for line in lines:
        bare = line.lstrip()
        if FRAME_LINE.match(bare) or (
            is_in_frames and bare != line and not ERROR_LINE.search(bare)
        ):
            if bare.startswith("At ") and weights and weights[-1] != FRAME:
                weights[-1] = ERROR  # PowerShell prints the location after the message
            weights.append(FRAME)
            is_in_frames = True
            continue
        weights.append(ERROR if is_announced else _weight(bare))
        is_announced = "panicked at" in bare and bare.endswith(":")
        is_in_frames = False
    # In a chain of exceptions, the last one says what went wrong.
    last = max((at for at, line in enumerate(lines) if CHAINED.match(line.lstrip())), default=0)
    return [CAUSE if at < last and each == ERROR else each for at, each in enumerate(weights)]


def _weight(line: str) -> float:
    """The weight of a line that is not a frame."""
    is_error = ERROR_LINE.search(line) is not None
    code = EXIT_CODE.search(line)
    if TRAILER.search(line) or (code and not (is_error and code.start() > LONG_MESSAGE)):
        return DETAIL
    if is_error:
        return ERROR
    if COMMAND_LINE.match(line):
        return COMMAND
    if QUIET_LINE.search(line[:MAX_LEVEL_PLACE]):
        return DETAIL
    if WARNING_LINE.search(line[:MAX_LEVEL_PLACE]):
        return WARNING
    return ERROR if FAILED_LINE.search(line) else UNKNOWN


def _message(line: str) -> str:
    """A line without its log prefix; for a structured record, its message."""
    bare = line.strip()
    if RECORD.search(bare) and (messages := RECORDED.findall(bare)):
        return " ".join(dict.fromkeys(messages)).replace("\\n", " ").replace('\\"', '"')
    return PREFIX.sub("", bare, count=1)
