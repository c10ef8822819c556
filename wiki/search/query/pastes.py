"""Pasted output of programs: traces, logs, what compilers, shells and build servers print.

Pure. Of a trace the exception and its message tell what happened; frames, paths, times and numbers
of processes differ on every machine. Browsers paste line ends as spaces, so that lines are told by
how they begin.
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

# What the words of a line count by what the line is.
ERROR, UNKNOWN, WARNING, CAUSE, COMMAND, DETAIL, FRAME = 1.0, 0.5, 0.4, 0.4, 0.3, 0.15, 0.1
NOISE_SHARE = 0.1  # what a path, an address or a time counts, where a page holds the same one
MAX_LINES = 400  # that are read, the last ones
MAX_LEVEL_PLACE = 120  # characters of a line, within which its level stands
LONG_MESSAGE = 40  # characters before an exit code that tell more than it


class PasteLine(NamedTuple):
    """A line of a paste without the prefix of a log, and what its words count (0 to 1)."""

    text: str
    weight: float


def is_output(text: str) -> bool:
    """Whether a program printed a text, beyond doubt: it has frames, times, a prompt."""
    return SIGN.search(text) is not None and OUTPUT.search(text) is not None


def is_error_message(text: str) -> bool:
    """Whether a text is the message of an error: `TypeError: 'NoneType' object is not callable`."""
    return SIGN.search(text) is not None and MESSAGE.search(text) is not None


def without_noise(text: str) -> tuple[str, str]:
    """A line without paths, addresses, times and numbers of lines; and these."""
    return NOISE.sub(" ", text), " ".join(NOISE.findall(text))


def name_spans(text: str) -> list[tuple[int, int]]:
    """Where a text holds names that are right as they are: in quotation marks, paths, code."""
    return [match.span() for match in (*NOISE.finditer(text), *NAME.finditer(text))]


def read_paste(text: str) -> tuple[PasteLine, ...]:
    """The lines of a text that a program printed; those that tell the error weigh 1."""
    lines = list(paste_lines(text))[-MAX_LINES:]
    weights = _weights(lines)
    most = max(weights, default=ERROR)
    return tuple(
        PasteLine(_message(line), ERROR if weight == most else weight)
        for line, weight in zip(lines, weights, strict=True)
    )


def paste_lines(text: str) -> Iterator[str]:
    """The lines of a text; those that a browser pasted as one, each for itself."""
    for line in text.splitlines():
        begun = ""
        for piece in LINE_START.split(line):
            begun += piece
            # The name of a container, a time and a level may each begin a line.
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
                weights[-1] = ERROR  # PowerShell tells the place after the message
            weights.append(FRAME)
            is_in_frames = True
            continue
        weights.append(ERROR if is_announced else _weight(bare))
        is_announced = "panicked at" in bare and bare.endswith(":")
        is_in_frames = False
    # Of a chain of exceptions the last one tells what was wrong.
    last = max((at for at, line in enumerate(lines) if CHAINED.match(line.lstrip())), default=0)
    return [CAUSE if at < last and each == ERROR else each for at, each in enumerate(weights)]


def _weight(line: str) -> float:
    """What a line counts that is no frame."""
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
    """A line without the prefix of a log; of a record, its message."""
    bare = line.strip()
    if RECORD.search(bare) and (messages := RECORDED.findall(bare)):
        return " ".join(dict.fromkeys(messages)).replace("\\n", " ").replace('\\"', '"')
    return PREFIX.sub("", bare, count=1)
