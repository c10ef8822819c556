"""Panics of Go and Rust."""

import re
from collections.abc import Iterator, Sequence

from wiki.fingerprints.lines import OutputLine
from wiki.fingerprints.model import Frames, LibraryFrame, ReportedError

_GO_PANIC = re.compile(r"(?P<name>panic|fatal error): (?P<message>\S.*)")
_RECOVERED = re.compile(r"(?: \[recovered\])+$|goroutine \d+ \[.*")
_GOROUTINE = re.compile(r"goroutine \d+ \[")
_GO_CALL = re.compile(r"(?P<name>[\w./*$()\[\]~-]*[\w)\]])\((?:[^()]*)\)(?=\s|$)")
_GO_PLACE = re.compile(r"(?P<path>(?:/|[A-Za-z]:[\\/])[^:]{1,300}\.(?:go|s)):\d+")
_GO_LIBRARY = re.compile(
    r"(?i).*(?:[\\/]pkg[\\/]mod[\\/]|[\\/]vendor[\\/]|[\\/](?:go|golang)[-\d.a-z]*[\\/](?:[\d.]+[\\/])?"
    r"(?:libexec[\\/])?src[\\/](?!github\.com|gitlab\.com))"
)
_GO_PLUMBING = re.compile(r"(?:runtime|testing|reflect|internal/\w+)$")
MAX_LINES_TO_STACK = 6  # between the message of a panic and its goroutine
MAX_STACK_LINES = 250  # to read; Go prints at most 100 calls, of two lines each

_RUST_PANIC = re.compile(
    r"thread '[^']*'(?: \(\d+\))? panicked at (?:'(?P<old>.*)', )?"
    r"(?P<place>\S.{0,300}?\.rs:\d+(?::\d+)?):?(?:\s+(?P<message>\S.*))?$"
)
_CRATE = re.compile(
    r".*[\\/]\.?cargo[\\/](?:registry[\\/]src|git[\\/]checkouts)[\\/][^\\/]+[\\/]"
    r"(?P<crate>[\w-]+?)(?:-\d+\.\d[\w.+-]*)?[\\/](?:[0-9a-f]{7,}[\\/])?(?:src[\\/])?(?P<file>.+)\.rs:"
)


def go_panics(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """Panics with the stack of the goroutine that panicked."""
    for at, line in enumerate(lines):
        panic = _GO_PANIC.match(line.bare)
        if panic is None:
            continue
        near = range(at, min(at + 1 + MAX_LINES_TO_STACK, len(lines)))
        begun = next((each for each in near if _GOROUTINE.search(lines[each].bare)), None)
        if begun is None:
            continue
        frames, last = _go_stack(lines, begun + 1)
        message = _RECOVERED.sub("", panic["message"]).strip()
        yield ReportedError(panic["name"], message, frames, at, last)


def _go_stack(lines: Sequence[OutputLine], first: int) -> tuple[Frames, int]:
    calls: list[LibraryFrame | None] = []
    called, at = "", first
    for at in range(first, min(first + MAX_STACK_LINES, len(lines))):
        bare = lines[at].bare
        if _GOROUTINE.search(bare) or bare.startswith(("created by", "exit status")):
            break
        place = _GO_PLACE.match(bare)
        if place and called:
            calls += _go_call(called, place["path"])
            called = ""
        elif call := _GO_CALL.match(bare):
            called = call["name"]
    return tuple(reversed(calls)), at


def _go_call(name: str, path: str) -> Frames:
    folder, slash, rest = name.rpartition("/")
    package, _, function = rest.partition(".")
    module = f"{folder}{slash}{package}"
    if not function or _GO_PLUMBING.match(module):
        return ()
    if module == "main" or not _GO_LIBRARY.match(path):
        return (None,)
    return (LibraryFrame(module, function.replace("[...]", "")),)


def rust_panics(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """Rust panics, each with the place in a crate where it happened.

    The backtrace is ignored: it is printed only on request (`RUST_BACKTRACE`), so the same panic
    would have two fingerprints.
    """
    for at, line in enumerate(lines):
        panic = _rust_panic(line.bare)
        if panic is None:
            continue
        message, last = panic["old"] or panic["message"] or "", at
        if not message and at + 1 < len(lines):
            message, last = lines[at + 1].bare, at + 1
        crate = _CRATE.match(panic["place"] + ":")
        frames: Frames = (None,)
        if crate:
            parts = crate["file"].replace("\\", "/").removesuffix("/mod").removesuffix("lib")
            frames = (LibraryFrame(crate["crate"], parts.replace("/", "::")),)
        yield ReportedError("panic", message, frames, at, last)


def _rust_panic(text: str) -> re.Match[str] | None:
    """The panic that a line reports. Matched only where the line says "panicked", to save time."""
    start = text.rfind("thread '", 0, max(text.find("panicked at "), 0))
    return _RUST_PANIC.match(text, start) if start >= 0 else None
