"""Python tracebacks, and the failures that pytest prints instead."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from wiki.fingerprints.lines import OutputLine
from wiki.fingerprints.model import Frames, LibraryFrame, ReportedError

_HEADER = re.compile(r"Traceback \(most recent call last\):?")
_CHAINED = re.compile(r"(?:During handling of the above|The above exception was)")
_FRAME = re.compile(r'File "(?P<path>[^"\n]+)", line \d+(?:, in (?P<function>\S+))?')
_RAISED = re.compile(r"(?P<name>[^\W\d]\w*(?:\.\w+)*)(?:: ?(?P<message>.*))?$")

_BLOCK = re.compile(r"_{3,} .+ _{3,}$")
_SHORT_FRAME = re.compile(r"(?P<path>\S.{0,300}?\.pyx?):\d+: in (?P<function>\S+)")
_LONG_FRAME = re.compile(r"(?P<path>\S.{0,300}?\.pyx?):\d+: ?(?P<name>[A-Za-z][\w.]*)?$")
_DEFINED = re.compile(r">?\s+(?:async )?def (\w+)\(")
_SAID = re.compile(r"E {2,}(?P<text>\S.*)")

_PACKAGES = re.compile(r".*[\\/](?:site|dist)-packages[\\/](?:[^\\/]+\.egg[\\/])?(?P<module>.+)")
_STANDARD = re.compile(
    r".*[\\/](?:lib(?:64)?[\\/](?:python|pypy)\d[\d.]*t?|(?i:[^\\/]*(?:python|conda)[^\\/]*)[\\/](?i:lib))"
    r"[\\/](?P<module>.+)"
)
_FROZEN = re.compile(r"<frozen (?P<module>[\w.]+)>")
# Modules that only run programs or pass calls on; their frames are left out.
_PLUMBING = re.compile(
    r"(?:importlib\._bootstrap\w*|runpy|threading|asyncio\.(?:runners|base_events|events|tasks)"
    r"|concurrent|multiprocessing|contextlib|functools|pluggy|_pytest|unittest|pytest)(?:\.|$)"
)


def python_errors(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """The exceptions of tracebacks."""
    at = 0
    while at < len(lines):
        header = _HEADER.search(lines[at].text)
        if header:
            error = _traceback(lines, at, lines[at].text[: header.start()])
            if error:
                yield error
                at = error.last
        at += 1


def _traceback(lines: Sequence[OutputLine], first: int, prefix: str) -> ReportedError | None:
    """The exception of the traceback at line `first`; each of its lines begins with `prefix`."""
    path_calls: list[LibraryFrame | None] = []
    prefix = prefix.removesuffix("+ Exception Group ") + ("| " if "+ Exception" in prefix else "")
    for at in range(first + 1, len(lines)):
        line = lines[at]
        text = line.text.removeprefix(prefix)
        is_whole = not prefix or len(text) < len(line.text)
        if _HEADER.search(text) or _CHAINED.match(line.bare):
            return None
        if frame := _FRAME.search(text):
            path_calls += _call(frame["path"], frame["function"] or "<module>")
        elif text[:1].isspace() or not text:
            continue
        else:
            raised = _RAISED.match(text if is_whole else line.bare)
            if raised is None:
                if is_whole and path_calls:
                    return None
                continue
            name, message = raised["name"], raised["message"] or ""
            return ReportedError(name, message, tuple(path_calls), first, at)
    return None


def pytest_errors(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """The exceptions in pytest's failure reports, of `--tb=long` and `--tb=short`."""
    starts = [at for at, line in enumerate(lines) if _BLOCK.match(line.text)]
    for first, end in pairwise([*starts, len(lines)]):
        error = _failure(lines, first, end)
        if error:
            yield error


def _failure(lines: Sequence[OutputLine], first: int, end: int) -> ReportedError | None:
    calls: list[LibraryFrame | None] = []
    function = said = named = ""
    last = first
    for at in range(first + 1, end):
        text = lines[at].text
        if text.startswith(("====", "----")):
            break
        if _CHAINED.match(text):
            calls, said, function = [], "", ""
        elif found := _SAID.match(text):
            said, last = said or found["text"], at
        elif found := _SHORT_FRAME.match(text):
            calls += _call(found["path"], found["function"])
        elif found := _LONG_FRAME.match(text):
            calls += _call(found["path"], function or "<module>")
            named, function, last = found["name"] or "", "", at
        elif found := _DEFINED.match(text):
            function = function or found[1]
    if not said:
        return None
    name, message = _said(said, named)
    return ReportedError(name, message, tuple(calls), first, last)


def _said(text: str, named: str) -> tuple[str, str]:
    raised = _RAISED.match(text)
    if raised and (raised["message"] is not None or raised["name"] == text.strip()):
        return raised["name"], raised["message"] or ""
    return named or "AssertionError", text


def _call(path: str, function: str) -> Frames:
    """One frame: of a library, or `None` for the program's own code; empty for plumbing."""
    module = _module(path)
    if module is None:
        return () if path.startswith("<frozen") else (None,)
    return () if _PLUMBING.match(module) else (LibraryFrame(module, function),)


def _module(path: str) -> str | None:
    found = _PACKAGES.match(path) or _STANDARD.match(path) or _FROZEN.match(path)
    if found is None:
        return None
    parts = re.split(r"[\\/]", re.sub(r"\.pyx?$", "", found["module"]))
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)
