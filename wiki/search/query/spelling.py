"""What a word that no page holds was probably meant to be: the closest words of visible pages.

Edit distance after F. J. Damerau, "A technique for computer detection and correction of spelling
errors", 1964. Most words are ruled out by the letters they hold before any is compared: an edit
changes at most two of them.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wiki.search.analysis.analyzer import Chunk, Occurrence, is_idle, letters, occurrences, stem
from wiki.search.documents import label_key
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.parser import FILTERS, Query, QueryUnit, is_message, query_units
from wiki.search.ranking.matching import Mask, holding_parts, places_mask

SHORTEST = 3  # letters; every word of two is one edit from many others
LONGER = 8  # letters from which on two edits are forgiven
LONGEST = 40  # letters; what is longer was pasted, not typed
COMPARED = 20_000  # words of a segment that are compared letter by letter
UTF8_BYTES = 4  # of one letter, at most
CORRECTED = 8  # words of one query
BEGUN = 20  # words that begin as asked, whose stems are compared
# A word of few pages is a slip when one edit away stands a much more usual one.
RARE, MORE_USUAL, USUAL_FROM = 2, 20, 5
LABELS = ("tag", "kind", "author", "status")
LONGEST_ENDING = 4  # letters in which forms of one word differ
QUOTES = ('"', "“", "'", "‘", "`")  # around a name in a message, which is nobody's slip
SHORTEST_HALF = 2  # letters of a word that was written together with the next


class Candidate(NamedTuple):
    """A word of visible pages; `cost` in edits, a wrong first letter counts one half more."""

    word: str
    cost: float
    frequency: int


class Corrected(NamedTuple):
    """A query as it was probably meant; `is_slip`: a word of it is right too, only rare."""

    text: str
    is_slip: bool


class Speller:
    """Closest words and corrections for one query and one reader, each found once."""

    def __init__(self, snapshot: Snapshot, visible: Mask) -> None:
        self.snapshot = snapshot
        self.visible = visible
        self._closest: dict[str, list[Candidate]] = {}
        self._known: dict[tuple[str, ...], int] = {}
        self._is_slip = False

    def frequency(self, found: Chunk) -> int:
        """How many visible pages hold a chunk as a whole, in this or another form."""
        known = self._known.get(found.words)
        if known is None:
            whole = (term.text for term in found.terms if not term.is_part)
            known = max((self._frequency("content", term) for term in whole), default=0)
            self._known[found.words] = known
        return known

    def is_written_otherwise(self, found: Chunk) -> bool:
        """Whether a visible page holds a chunk with other signs, or all parts of a compound."""
        if any(self._frequency("content", variant) for variant in found.variants):
            return True
        if len(found.parts) < 2:
            return False
        return bool((holding_parts(self.snapshot, found) & self.visible).any())

    def begins(self, word: str) -> bool:
        """Whether a word of a visible page begins so."""
        if letters(word) < SHORTEST:
            return False
        return bool((self.snapshot.holding_beginning("word", word) & self.visible).any())

    def _frequency(self, field: str, term: str) -> int:
        return self.snapshot.frequency(field, term, self.visible)

    def closest(self, word: str) -> list[Candidate]:
        """The words that `word` (folded) may stand for, best first; only words of visible pages."""
        if word not in self._closest:
            is_one_more = len(self._closest) < CORRECTED
            self._closest[word] = self._look(word) if is_one_more else []
        return self._closest[word]

    def _look(self, word: str) -> list[Candidate]:
        edits = _edits(word)
        costs: dict[str, float] = {}
        for arrays, _ in self.snapshot.each() if edits else ():
            alike = _alike(arrays, word, edits)
            for term, distance, _ in process.extract(
                word, alike, scorer=OSA.distance, score_cutoff=edits, limit=None
            ):
                if distance:
                    costs[term] = distance + (0.0 if term[0] == word[0] else 0.5)
        found = [
            Candidate(term, cost, frequency)
            for term, cost in costs.items()
            if (frequency := self._frequency("word", term))
        ]
        # What people look for stands in titles more often than not.
        titled = {each.word for each in found if self._frequency("title", each.word)}
        return sorted(
            found,
            key=lambda each: (each.cost, each.word not in titled, -each.frequency, each.word),
        )

    def correct(self, query: Query) -> Corrected | None:
        """The query with those words corrected that no visible page holds, if they can be."""
        text = query.text
        self._is_slip = False
        parts = query_units(text)
        for first, second in reversed(list(pairwise(parts)) if len(parts) <= CORRECTED else []):
            if joined := self._joined(first, second):
                text = text[: first.start] + joined + text[second.end :]
        has_names = is_message(text)
        for piece in reversed(query_units(text) if text != query.text else parts):
            if has_names and piece.value[:1] in QUOTES:
                continue
            if piece.is_excluded or piece.end - piece.start > LONGEST * CORRECTED:
                continue
            if piece.field in FILTERS:
                places = [(0, len(piece.value), self._label(piece))]
            else:
                places = [
                    (found.start, found.end, self._mended(piece.value, found))
                    for found in occurrences(piece.value)
                ]
            for start, end, mended in reversed(places):
                if mended:
                    text = text[: piece.at + start] + mended + text[piece.at + end :]
        return Corrected(text, self._is_slip) if text != query.text else None

    def _mended(self, text: str, found: Occurrence) -> str | None:
        """What a chunk should be, `None` when it is right or nothing is like it."""
        words = found.chunk.words
        if not words or is_idle(words[0]):
            return None
        frequency = self.frequency(found.chunk)
        if frequency and found.chunk.is_plain and self._is_chance(words[0]):
            near = [each for each in self.closest(words[0]) if each.cost <= 1]
            return near[0].word if near else None
        if frequency:
            usual = self.closest(words[0])[:1] if frequency <= RARE else []
            is_slip = any(
                each.cost <= 1 and each.frequency >= MORE_USUAL * frequency for each in usual
            )
            if not is_slip or len(words[0]) < USUAL_FROM:
                return None
            self._is_slip = True
            return usual[0].word
        if self.begins(words[0]) or self.is_written_otherwise(found.chunk):
            return None
        if halves := self._halves(words[0]):
            return halves
        if best := self.closest(words[0]):
            return best[0].word
        mended = text[found.start : found.end].lower()
        before = mended
        for part in words[1:]:
            if not self._frequency("word", part) and (best := self.closest(part)):
                mended = mended.replace(part, best[0].word, 1)
        return mended if mended != before else None

    def _is_chance(self, word: str) -> bool:
        """Whether a word only shares its stem with others: `atomation` with `atom`."""
        if len(word) < LONGER or not word.isascii() or self._frequency("word", word):
            return False
        forms = self.snapshot.beginning("word", word[:-LONGEST_ENDING], BEGUN)
        return all(stem(form) != stem(word) for form in forms)

    def _halves(self, word: str) -> str | None:
        """`dockercompose` as `docker compose`: two words that stand side by side somewhere."""
        if not (word.isascii() and word.isalpha()) or len(word) > LONGEST:
            return None
        cuts = range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1)
        halves = [(word[:cut], word[cut:]) for cut in cuts]
        known = [
            pair
            for pair in halves
            if not any(map(is_idle, pair)) and all(self._frequency("word", half) for half in pair)
        ]
        found = [(self._side_by_side(*pair), " ".join(pair)) for pair in known[:CORRECTED]]
        most, text = max(found, default=(0, ""))
        return text if most else None

    def _joined(self, first: QueryUnit, second: QueryUnit) -> str | None:
        """`data base` as `database`, where pages write it so and hardly ever apart."""
        both = (first.value, second.value)
        if any(piece.field or piece.is_excluded for piece in (first, second)):
            return None
        if not all(value.isascii() and value.isalpha() and value.islower() for value in both):
            return None
        frequency = self._frequency("word", "".join(both))
        if frequency < USUAL_FROM or any(is_idle(value) for value in both):
            return None
        is_usual = frequency >= MORE_USUAL * self._side_by_side(*both)
        return "".join(both) if is_usual else None

    def _side_by_side(self, first: str, second: str) -> int:
        """How many visible pages hold two words next to each other."""
        places = [(0, stem(first)), (1, stem(second))]
        mask = places_mask(self.snapshot, places, is_title=False) & self.visible
        return int(np.count_nonzero(mask))

    def _label(self, piece: QueryUnit) -> str | None:
        """A kind, tag, author or status that was meant."""
        field, wanted = piece.field, label_key(piece.value)
        if field not in LABELS or self._frequency(field, wanted):
            return None
        labels = self.snapshot.labels(field).terms
        edits = _edits(wanted)
        near = [
            (distance, -frequency, label)
            for label in labels
            if 0 < (distance := _distance(wanted, label, edits)) <= edits
            and (frequency := self._frequency(field, label))
        ]
        return min(near)[2] if near else None


def _distance(wanted: str, label: str, edits: int) -> int:
    """In edits; `technologies` is one from `technology`, since they are forms of one word."""
    if wanted != label and stem(wanted) == stem(label):
        return 1
    return OSA.distance(wanted, label, score_cutoff=edits)


def _edits(word: str) -> int:
    """How many edits are forgiven; none in numbers: a mistyped one is another number.

    None in `i/o` or `r&d` either, whose letters are few.
    """
    is_exact = "/" in word or "&" in word or any(letter.isdigit() for letter in word)
    if is_exact or not SHORTEST <= len(word) <= LONGEST:
        return 0
    return 2 if len(word) >= LONGER else 1


def _alike(arrays: SegmentArrays, word: str, edits: int) -> list[str]:
    """The words of a segment that hold nearly the same letters."""
    letters, lengths, is_ascii = arrays.word_shapes
    encoded = word.encode()
    wanted = np.bitwise_or.reduce(
        np.left_shift(np.uint32(1), np.frombuffer(encoded, np.uint8) & 31, dtype=np.uint32)
    )
    room = edits * (1 if word.isascii() else UTF8_BYTES)
    chosen = np.flatnonzero(
        (is_ascii == word.isascii())
        & (np.abs(lengths - len(encoded)) <= room)
        & (np.bitwise_count(letters ^ wanted) <= 2 * room)
    )
    first = arrays.fields.get("word", (0, 0))[0]
    return [arrays.term(first + number).decode() for number in chosen[:COMPARED].tolist()]
