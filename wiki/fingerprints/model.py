"""An error as a program told it, and a line of its call stack."""

from dataclasses import dataclass
from typing import NamedTuple


class LibraryFrame(NamedTuple):
    """A call in a library: `django.db.utils`, `__exit__`. Lines and versions are left out."""

    module: str
    function: str


# Of a stack, the innermost call last; `None` for a call in the program's own code.
Frames = tuple[LibraryFrame | None, ...]


@dataclass(frozen=True, slots=True)
class ReportedError:
    """An error that the output of a program tells of.

    `name` is its type, or the code of a compiler; `message` its first line as it was printed.
    `first` and `last` are the lines that tell it, from 0. `is_trace`: with a call stack.
    """

    name: str
    message: str
    frames: Frames
    first: int
    last: int
    is_trace: bool = True
