"""What one answer may cost: words that are compared, and bytes of HTML.

Both are counted, not timed: the same texts get the same answer, however busy the machine is.
"""

from dataclasses import dataclass

from markupsafe import escape

MAX_WORDS = 200_000  # words and signs on all sides together; half a second
MAX_HTML_SIZE = 700_000  # bytes; with the page around it, an answer stays below a megabyte


@dataclass(slots=True)
class Budget:
    """What is left of it; whoever compares or shows something takes from it."""

    words: int = MAX_WORDS
    size: int = MAX_HTML_SIZE

    def compares(self, words: int) -> bool:
        """Whether so many words may still be compared. Once they may not, none are."""
        self.words -= words
        return self.words >= 0

    def shows(self, size: int) -> bool:
        """Whether so many bytes may still be shown. Once they may not, nothing is."""
        self.size -= size
        return self.size >= 0

    @property
    def is_out_of_words(self) -> bool:
        return self.words < 0

    @property
    def is_out_of_size(self) -> bool:
        return self.size < 0


def escaped_size(text: str) -> int:
    """Bytes that `text` takes in a page."""
    return len(escape(text).encode(errors="replace"))
