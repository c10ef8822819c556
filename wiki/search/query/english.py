"""A list of everyday English words, which are spelled correctly even if no page has them."""

from bisect import bisect_left
from functools import cache
from pathlib import Path

MIN_PART, MIN_COMPOUND = 3, 7  # letters of each part, of the compound
_WORDS = Path(__file__).with_name("english_words.txt")


def is_english(word: str) -> bool:
    """Whether a word (lower case, three letters or more) is an everyday English word."""
    if not (word.isascii() and word.isalpha()):
        return False
    words, wanted = _list(), word.encode()
    at = bisect_left(range(len(words)), wanted, key=lambda place: _line(words, place))
    return _line(words, at) == wanted


def is_compound(word: str) -> bool:
    """Whether a word is composed of two everyday English words: `touchpad`, `spinlock`."""
    cuts = range(MIN_PART, len(word) - MIN_PART + 1) if len(word) >= MIN_COMPOUND else ()
    return any(is_english(word[:cut]) and is_english(word[cut:]) for cut in cuts)


def _line(words: bytes, at: int) -> bytes:
    begin = words.rfind(b"\n", 0, at) + 1
    return words[begin : words.find(b"\n", begin)]


@cache
def _list() -> bytes:
    # As one string: a set would take ten times the memory in every process.
    lines = _WORDS.read_bytes()
    return lines[lines.rfind(b"#") :].split(b"\n", 1)[1]
