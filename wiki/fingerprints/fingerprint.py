"""Fingerprints: hashes of errors, without the details that differ from machine to machine."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from wiki.fingerprints.call_lists import call_list_errors
from wiki.fingerprints.error_lines import failed_lines, line_errors
from wiki.fingerprints.identities import without_host
from wiki.fingerprints.lines import read_lines
from wiki.fingerprints.messages import HOLE, with_holes, word_count
from wiki.fingerprints.model import LibraryFrame, ReportedError
from wiki.fingerprints.panics import go_panics, rust_panics
from wiki.fingerprints.python_traces import pytest_errors, python_errors
from wiki.fingerprints.reported_errors import reported_errors

MAX_FRAMES = 3  # the innermost ones; outer calls only show how the program was started
MAX_ERRORS = 20  # of one text
HASH_LENGTH = 16  # hexadecimal digits: 64 bits
MIN_WORDS = 2  # that a message must have to identify an error without library frames

_READERS = (python_errors, pytest_errors, call_list_errors, go_panics, rust_panics, reported_errors)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A fingerprint: `hash` is the same on every machine, `words` describe the error to people."""

    hash: str
    words: str


def errors_in(text: str) -> list[ReportedError]:
    """The errors in a program's output, in order.

    If any of them has a stack trace, only those with one; if there are none, the lines that report
    a failure without calling it an error.
    """
    lines = read_lines(text)
    traces = [error for read in _READERS for error in read(lines)]
    if traces:
        return sorted(_outermost(traces), key=lambda error: error.last)
    return list(line_errors(lines)) or list(failed_lines(lines))


def main_error(text: str) -> ReportedError | None:
    """The main error: the last trace, else the first error line, which often causes others.

    `None` if the text has no error.
    """
    errors = errors_in(text)
    if not errors:
        return None
    return errors[-1] if errors[-1].is_trace else errors[0]


def fingerprint_of(error: ReportedError) -> Fingerprint | None:
    """The fingerprint of an error; `None` if there is too little to identify it.

    `KeyError: 'id'` without a library frame, for example, is a different error in each program.
    """
    message = with_holes(without_host(error.name, error.message, HOLE))
    frames = significant_frames(error.frames)
    if not frames and word_count(message) < MIN_WORDS:
        return None
    calls = [f"{frame.module} {frame.function}" for frame in frames]
    identity = "\n".join((error.name, message, *calls))
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    words = f"{error.name}: {message}" if message else error.name
    if frames:
        words += f" ({frames[-1].module}, {frames[-1].function})"
    return Fingerprint(digest[:HASH_LENGTH], words)


def without_trace(error: ReportedError) -> ReportedError:
    """The error without its call stack, as when only its last line is pasted."""
    return ReportedError(error.name, error.message, (), error.first, error.last)


def fingerprints_in(text: str) -> list[Fingerprint]:
    """The fingerprints of all errors in a text, without repetitions; at most `MAX_ERRORS`."""
    found = (fingerprint_of(error) for error in errors_in(text))
    return list({each.hash: each for each in found if each}.values())[:MAX_ERRORS]


def significant_frames(frames: Sequence[LibraryFrame | None]) -> list[LibraryFrame]:
    """At most `MAX_FRAMES` library frames, innermost last.

    Those that the program's own code called, which show where it failed; if there are none, those
    that called it.
    """
    inner: list[LibraryFrame] = []
    for frame in reversed(frames):
        if frame is None:
            break
        inner.insert(0, frame)
    kept = inner or [frame for frame in frames if frame is not None]
    # Recursive calls count once.
    distinct = [frame for at, frame in enumerate(kept) if at == 0 or frame != kept[at - 1]]
    return distinct[-MAX_FRAMES:]


def _outermost(errors: Sequence[ReportedError]) -> list[ReportedError]:
    """The errors that do not lie within the lines of another one."""
    ordered = sorted(errors, key=lambda error: (error.first, -error.last))
    kept: list[ReportedError] = []
    for error in ordered:
        if not kept or error.first > kept[-1].last:
            kept.append(error)
    return kept
