"""Taking a phrase out of whatever holds it. Pure."""

from collections.abc import Mapping
from typing import Any

# What stands where the phrase stood; no longer than the shortest phrase that is erased, so that
# nothing grows over its limit.
MARK = "████"


def holds(value: Any, phrase: str) -> bool:
    """Whether a text, or a text anywhere in a list or mapping, contains `phrase`."""
    if isinstance(value, str):
        return phrase in value
    if isinstance(value, Mapping):
        return any(holds(part, phrase) for item in value.items() for part in item)
    if isinstance(value, list | tuple):
        return any(holds(part, phrase) for part in value)
    return False


def redacted(value: Any, phrase: str) -> Any:
    """`value` with `MARK` for each `phrase` in it; numbers and the like stay as they are."""
    if isinstance(value, str):
        return value.replace(phrase, MARK)
    if isinstance(value, Mapping):
        return {redacted(name, phrase): redacted(part, phrase) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(redacted(part, phrase) for part in value)
    return value
