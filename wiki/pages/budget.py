"""Limits on what one response may cost: words compared, and bytes of HTML.

They are counts, not times: the same texts give the same response, however busy the machine is.
"""

from dataclasses import dataclass

from markupsafe import escape

MAX_WORDS = 200_000  # words and signs on all sides together; half a second
MAX_HTML_SIZE = 700_000  # bytes; with the page around it, an answer stays below a megabyte


@dataclass(slots=True)
class Budget:
    """What is left of the two limits; comparing and rendering take from it."""

    words: int = MAX_WORDS
    size: int = MAX_HTML_SIZE

    def take_words(self, words: int) -> bool:
        """Take `words` from the budget; return `False` once it doesn’t suffice."""
        self.words -= words
        return self.words >= 0

    def take_size(self, size: int) -> bool:
        """Take `size` bytes from the budget; return `False` once it doesn’t suffice."""
        self.size -= size
        return self.size >= 0

    @property
    def is_out_of_words(self) -> bool:
        """Whether a comparison was refused because there were too many words."""
        return self.words < 0

    @property
    def is_out_of_size(self) -> bool:
        """Whether something was refused because the response would be too long."""
        return self.size < 0


def escaped_size(text: str) -> int:
    """The size of `text` in bytes, once escaped in HTML."""
    return len(escape(text).encode(errors="replace"))
