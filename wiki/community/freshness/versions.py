"""Versions of technologies in page fields, and whether they are outdated. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wiki.naming import path_key

# "Django 5.2", "Django v5", "Python>=3.12", "Ubuntu 24.04 LTS": a name, then a number; "Vue3".
_AFTER = r"(?P<number>\d+(?:\.\d+)*)\S*(?:\s.*)?"
_APART = re.compile(rf"(?P<name>.*?[^\s@=<>~^])[\s@=<>~^]+v?{_AFTER}", re.DOTALL)
_TOGETHER = re.compile(rf"(?P<name>.*?[^\s\d.]){_AFTER}", re.DOTALL)
_INTRODUCTION = re.compile(r"applies to\s+", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_MAX_LENGTH = 200  # characters of a version; imports may contain anything
_MAX_DIGITS = 18  # digits in one part of a version number


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """A version of a technology; `key` is the path key of its name, by which its page is found."""

    key: str
    name: str
    number: str


def named_versions(fields: Mapping[str, Any], names: Iterable[str]) -> list[NamedVersion]:
    """The versions in the fields `names` of a page, each a string or a list of strings."""
    found: dict[str, NamedVersion] = {}
    for field in names:
        value = fields.get(field)
        for part in value if isinstance(value, list | tuple) else [value]:
            for text in str(part or "").split(","):
                if version := _read(text.strip()):
                    found.setdefault(version.key, version)
    return list(found.values())


def _read(text: str) -> NamedVersion | None:
    if len(text) > _MAX_LENGTH:
        return None
    match = _APART.fullmatch(text) or _TOGETHER.fullmatch(text)
    name = _INTRODUCTION.sub("", match["name"].strip(), count=1) if match else ""
    if match is None or not any(map(str.isalpha, name)):
        return None
    return NamedVersion(path_key(name), name, match["number"])


def is_behind(number: str, current: str) -> bool:
    """Whether version `number` is older than `current`, up to its own precision: 5 covers 5.2."""
    own, newest = _parts(number), _parts(current)
    known = min(len(own), len(newest))
    return own[:known] < newest[:known]


def _parts(text: str) -> list[int]:
    match = _NUMBER.search(text[:_MAX_LENGTH])
    return [int(part[:_MAX_DIGITS]) for part in match[0].split(".")] if match else []
