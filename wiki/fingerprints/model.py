"""An error as a program printed it, and a frame of its call stack."""

from dataclasses import dataclass
from typing import NamedTuple


class LibraryFrame(NamedTuple):
    """A call in a library, such as `django.db.utils`, `__exit__`; without line and version."""

    module: str
    function: str


# Of a stack, the innermost call last; `None` for a call in the program's own code.
Frames = tuple[LibraryFrame | None, ...]


@dataclass(frozen=True, slots=True)
class ReportedError:
    """An error in a program's output.

    `name` is its type, or the code of a compiler; `message` its first line as it was printed.
    `first` and `last` are its lines in the output, counted from 0. `is_trace`: it has a call stack.
    """

    name: str
    message: str
    frames: Frames
    first: int
    last: int
    is_trace: bool = True
