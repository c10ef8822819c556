"""The word index of the single file, in the format that `static/offline/search.js` reads.

Each word has a line with one base-36 number per page: four times the distance from the previous
page, plus where the word occurs: 3 in the title, 2 in a heading, 1 several times in the text, 0
once or twice.
"""

from collections import Counter, defaultdict

from wiki.hub.transfer.site.search_index import words_of

TITLE, HEADING, OFTEN, SELDOM = 3, 2, 1, 0
OFTEN_COUNT = 3  # times in a text
MAX_WORD_LENGTH = 40  # letters; longer words are found by their beginning
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class WordIndex:
    """Pages by word, in the order in which they are added."""

    def __init__(self) -> None:
        self._count = 0
        self._words: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def add(self, title: str, headings: str, text: str) -> None:
        counts = Counter(_shortened(text))
        places = {word: OFTEN if n >= OFTEN_COUNT else SELDOM for word, n in counts.items()}
        places |= dict.fromkeys(_shortened(headings), HEADING)
        places |= dict.fromkeys(_shortened(title), TITLE)
        for word, place in places.items():
            self._words[word].append((self._count, place))
        self._count += 1

    def lines(self) -> dict[str, str]:
        """A line for each word, in JavaScript’s sort order."""
        words = sorted(self._words, key=lambda word: word.encode("utf-16-be"))
        places = (_line(self._words[word]) for word in words)
        return {"words": "\n".join(words), "places": "\n".join(places)}


def _shortened(text: str) -> list[str]:
    return [word[:MAX_WORD_LENGTH] for word in words_of(text)]


def _line(found: list[tuple[int, int]]) -> str:
    before, numbers = 0, list[str]()
    for page, place in found:
        numbers.append(_base36(4 * (page - before) + place))
        before = page
    return " ".join(numbers)


def _base36(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits
