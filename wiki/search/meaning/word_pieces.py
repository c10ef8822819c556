"""Text as the numbers that the sentence encoder reads: words, and pieces of rare ones.

WordPiece as BERT's uncased models have it (J. Devlin et al., 2019): letters without case and
accents, each sign a word of its own, and of a word the longest pieces that the vocabulary has.
"""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("word_pieces.txt")
BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
INNER = "##"  # what a piece begins with that doesn't begin a word
MAX_WORD = 100  # characters; a longer word is unknown
CACHED_WORDS = 20_000

# Ideographs are words of one sign each.
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ceaf\U0002f800-\U0002fa1f"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+|[^\w\s]|_")


def numbers_of(text: str, most: int) -> list[int]:
    """The numbers of a text's pieces between those of its beginning and end, at most `most`."""
    found = [_vocabulary()[BEGIN]]
    for match in _WORD.finditer(_bare(text)):
        found += _pieces(match.group())
        if len(found) >= most:
            break
    return [*found[: most - 1], _vocabulary()[END]]


def vocabulary() -> list[str]:
    """The pieces in the order of their numbers."""
    lines = VOCABULARY.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if " " not in line]  # as those have that say where it is from


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(vocabulary())}


def _bare(text: str) -> str:
    """A text without case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in parts if unicodedata.category(sign) != "Mn")


@lru_cache(CACHED_WORDS)
def _pieces(word: str) -> tuple[int, ...]:
    known = _vocabulary()
    unknown = (known[UNKNOWN],)
    if len(word) > MAX_WORD:
        return unknown
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = known.get(f"{INNER if start else ''}{word[start:end]}")
            if piece is not None:
                found.append(piece)
                start = end
                break
        else:
            return unknown
    return tuple(found)
