"""A check of the wiki: what was looked at, what was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"  # nothing is wrong that Nexus could see


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` says how to mend what was found; empty where nothing is to be done."""

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
