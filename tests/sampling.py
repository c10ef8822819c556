"""How much of a long hunt is an ordinary test: a part of it, chosen for what it finds.

`make fuzz` sets NEXUS_TEST_HYPOTHESIS to `long`, `make attacks` NEXUS_TEST_ATTACKS to a file: then
it is all of it.
"""

import os
from collections.abc import Mapping
from typing import TypeVar

IS_LONG = os.environ.get("NEXUS_TEST_HYPOTHESIS") == "long"
EXHAUSTIVE = bool(os.environ.get("NEXUS_TEST_ATTACKS"))

T = TypeVar("T")


def seeds(few: int) -> range:
    """`few` seeds of randomness, or many times as many."""
    return range(few * 30 if IS_LONG else few)


def chosen(hostile: Mapping[str, T], *names: str) -> dict[str, T]:
    """What is hostile in the ways of these names, or in all ways."""
    return dict(hostile) if EXHAUSTIVE else {name: hostile[name] for name in names}
