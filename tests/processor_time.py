"""Bounds of processor time that hold on slow and on busy machines, too."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = 0.002  # seconds that the yardstick takes on the machine for which bounds are set


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Fail after `seconds` of processor, or as much more as everything takes here and now.

    A core that serves two threads at once does half as much in a second. No garbage is looked for
    meanwhile: among what thousands of tests have left, that alone takes a second.
    """
    before = _yardstick()
    gc.disable()
    try:
        began = time.process_time()
        yield
        spent = time.process_time() - began
    finally:
        gc.enable()
    slowness = max(before, _yardstick(), _USUAL) / _USUAL
    assert spent < seconds * slowness, f"{spent:.2f} s, at {slowness:.1f} times the usual"


def _yardstick() -> float:
    """The seconds that the same work takes, the quickest of some times."""
    return min(_work() for _ in range(5))


def _work() -> float:
    began = time.process_time()
    sum(number * number % 7 for number in range(30_000))
    return time.process_time() - began
