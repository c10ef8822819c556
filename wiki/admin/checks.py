"""The result of a check: what was checked, what was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"  # Nexus found nothing wrong


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` says how to fix the problem; empty if there is nothing to do."""

    name: str
    state: CheckState
    found: str
    advice: str = ""


def passed(name: str, found: str) -> Check:
    return Check(name, CheckState.OK, found)


def warning(name: str, found: str, advice: str) -> Check:
    return Check(name, CheckState.WARN, found, advice)


def unknown(name: str, found: str, advice: str = "") -> Check:
    return Check(name, CheckState.UNKNOWN, found, advice)
