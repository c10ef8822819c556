"""What one response may cost: words compared, and bytes of HTML.

Both are counted, not timed: the same texts give the same response, however busy the machine.
"""

from dataclasses import dataclass

from markupsafe import escape

MAX_WORDS = 200_000  # words and signs on all sides together; half a second
MAX_HTML_SIZE = 700_000  # bytes; with the page around it, an answer stays below a megabyte


@dataclass(slots=True)
class Budget:
    """What is left of it; whatever compares or shows something takes from it."""

    words: int = MAX_WORDS
    size: int = MAX_HTML_SIZE

    def compares(self, words: int) -> bool:
        """Take `words` from the budget; `False`, from then on, if it doesn't suffice."""
        self.words -= words
        return self.words >= 0

    def shows(self, size: int) -> bool:
        """Take `size` bytes from the budget; `False`, from then on, if it doesn't suffice."""
        self.size -= size
        return self.size >= 0

    @property
    def is_out_of_words(self) -> bool:
        """Whether something was refused because there was too much to compare."""
        return self.words < 0

    @property
    def is_out_of_size(self) -> bool:
        """Whether something was refused because the response would be too long."""
        return self.size < 0


def escaped_size(text: str) -> int:
    """Bytes that `text` takes in a page."""
    return len(escape(text).encode(errors="replace"))
