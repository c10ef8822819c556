"""Spelling correction: finds words of visible pages close to a word that none of them contains.

Edit distance after F. J. Damerau, "A technique for computer detection and correction of spelling
errors", 1964. Most words are ruled out by their sets of letters before any comparison: an edit
changes at most two of them.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wiki.search.analysis.analyzer import (
    Token,
    TokenSpan,
    is_stop_word,
    letter_count,
    stem,
    tokenize_with_offsets,
)
from wiki.search.documents import label_key
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.english import is_compound, is_english
from wiki.search.query.matching import Mask, parts_mask, phrase_mask
from wiki.search.query.model import Query
from wiki.search.query.pastes import name_spans
from wiki.search.query.synonyms import Synonyms, shipped_synonyms
from wiki.search.query.units import FILTER_FIELDS, QueryUnit, is_message

MIN_SPELLED_LETTERS = 3  # letters; shorter words are one edit away from many others
TWO_EDITS_FROM = 8  # letters; words of this length may differ by two edits
MAX_SPELLED_LETTERS = 40  # letters; longer words were pasted, not typed
MAX_WORDS_COMPARED = 20_000  # words that are compared at a time
UTF8_BYTES = 4  # of one letter, at most
MAX_CORRECTIONS = 8  # words of one query
MAX_OTHERS = 8  # neighbouring words for which similar words are looked up
MAX_FORMS_COMPARED = 20  # words with the same beginning whose stems are compared
# A word on few pages is a typo if a far more frequent one is a single edit away.
RARE_FREQUENCY, SLIP_RATIO, MIN_USUAL = 2, 20, 5
CORRECTED_FIELDS = ("tag", "kind", "author", "status")
MAX_ENDING = 4  # letters in which forms of a word may differ at the end
OPENING_QUOTES = ('"', "“", "'", "‘", "`")  # around names in messages, which are never corrected
MAX_TYPED_WORDS = 6  # content words; in a longer text, words that look like names are not corrected
MIN_BESIDE = 3  # pages on which two words must be side by side
MIN_HALF_LETTERS = 2  # letters of each half of a joined word


class SpellingCandidate(NamedTuple):
    """A word of visible pages; `cost` is in edits, and 0.5 higher if the first letter differs."""

    word: str
    cost: float
    frequency: int


class CorrectedQuery(NamedTuple):
    """A corrected query; `is_slip`: the word as typed exists, but is rare."""

    text: str
    is_slip: bool


Edit = tuple[int, int, str]  # start, end, replacement


class Speller:
    """Closest words and corrections for one query and one reader, cached."""

    def __init__(self, snapshot: Snapshot, visible: Mask, synonyms: Synonyms | None = None) -> None:
        self.snapshot = snapshot
        self.visible = visible
        self.synonyms = shipped_synonyms() if synonyms is None else synonyms
        self._closest: dict[str, list[SpellingCandidate]] = {}
        self._known: dict[tuple[str, ...], int] = {}
        self._is_slip = False
        self._content: list[str] = []  # content words of the query being corrected

    def frequency(self, found: Token) -> int:
        """The number of visible pages that contain a token as a whole, in this or another form."""
        known = self._known.get(found.words)
        if known is None:
            whole = (term.text for term in found.terms if not term.is_part)
            known = max((self._frequency("content", term) for term in whole), default=0)
            self._known[found.words] = known
        return known

    def has_other_spelling(self, found: Token) -> bool:
        """Whether a visible page contains a token with other separators, or all of its parts."""
        if any(self._frequency("content", variant) for variant in found.variants):
            return True
        if len(found.parts) < 2:
            return False
        return bool((parts_mask(self.snapshot, found) & self.visible).any())

    def has_prefix(self, word: str) -> bool:
        """Whether a visible page has a word that begins with `word`."""
        if letter_count(word) < MIN_SPELLED_LETTERS:
            return False
        return bool((self.snapshot.holding_prefix("word", word) & self.visible).any())

    def _frequency(self, field: str, term: str) -> int:
        return self.snapshot.frequency(field, term, self.visible)

    def closest(self, word: str) -> list[SpellingCandidate]:
        """The words of visible pages that the folded `word` may be a misspelling of, best first."""
        if word not in self._closest:
            is_one_more = len(self._closest) < MAX_CORRECTIONS
            self._closest[word] = self._find_closest(word) if is_one_more else []
        return self._closest[word]

    def _find_closest(self, word: str) -> list[SpellingCandidate]:
        edits = _edits(word)
        costs: dict[str, float] = {}
        for arrays, _ in self.snapshot.each_segment() if edits else ():
            alike = [term.decode() for term in _words_with_letters(arrays, word, edits)]
            for term, distance, _ in process.extract(
                word, alike, scorer=OSA.distance, score_cutoff=edits, limit=None
            ):
                if distance:
                    costs[term] = distance + (0.0 if term[0] == word[0] else 0.5)
        found = [
            SpellingCandidate(term, cost, frequency)
            for term, cost in costs.items()
            if (frequency := self._frequency("word", term))
        ]
        # Prefer words of titles, since people mostly search for these.
        titled = {each.word for each in found if self._frequency("title", each.word)}
        return sorted(
            found,
            key=lambda each: (each.cost, each.word not in titled, -each.frequency, each.word),
        )

    def correct(self, query: Query) -> CorrectedQuery | None:
        """The query with misspelled words corrected; `None` if there are none.

        Only words that no visible page contains are corrected, and rare ones (`is_slip`).
        """
        if query.paste:
            return None  # the words of a program
        self._is_slip = False
        self._content = [
            token.words[0]
            for token in query.plain_tokens()
            if token.words and not is_stop_word(token.words[0])
        ]
        joined = self._joined_pairs(query.units)
        edits = list(joined)
        has_names = is_message(query.text) or len(self._content) > MAX_TYPED_WORDS
        for unit in reversed(query.units):
            is_joined = any(start <= unit.start < end for start, end, _ in joined)
            is_name = has_names and unit.value[:1] in OPENING_QUOTES
            is_long = unit.end - unit.start > MAX_SPELLED_LETTERS * MAX_CORRECTIONS
            if not (is_joined or is_name or is_long or unit.is_excluded):
                edits += self._corrections(unit)
        text = query.text
        for start, end, corrected in sorted(edits, reverse=True):
            text = text[:start] + corrected + text[end:]
        return CorrectedQuery(text, self._is_slip) if edits else None

    def _joined_pairs(self, units: Sequence[QueryUnit]) -> list[Edit]:
        """Edits that join two neighbouring words of a typed query into one."""
        edits: list[Edit] = []
        for first, second in pairwise(units) if len(units) <= MAX_CORRECTIONS else ():
            is_apart = not edits or edits[-1][1] <= first.start
            if is_apart and (joined := self._joined(first, second)):
                edits.append((first.start, second.end, joined))
        return edits

    def _corrections(self, unit: QueryUnit) -> list[Edit]:
        if unit.field in FILTER_FIELDS:
            label = self._label(unit)
            end = unit.value_start + len(unit.value)
            return [(unit.value_start, end, label)] if label else []
        names = name_spans(unit.value) if len(self._content) > MAX_TYPED_WORDS else []
        return [
            (unit.value_start + found.start, unit.value_start + found.end, corrected)
            for found in tokenize_with_offsets(unit.value)
            if not any(start <= found.start < end for start, end in names)
            and (corrected := self._corrected_token(unit.value, found))
        ]

    def _corrected_token(self, text: str, found: TokenSpan) -> str | None:
        """The correction of a token; `None` if it is correct, or nothing is similar."""
        words = found.token.words
        if not words or is_stop_word(words[0]) or words[0] in self.synonyms:
            return None
        frequency = self.frequency(found.token)
        if frequency and found.token.is_plain and self._is_chance(words[0]):
            near = [each for each in self.closest(words[0]) if each.cost <= 1]
            return near[0].word if near else None
        if frequency:
            usual = self.closest(words[0])[:1] if frequency <= RARE_FREQUENCY else []
            is_slip = any(
                each.cost <= 1 and each.frequency >= SLIP_RATIO * frequency for each in usual
            )
            is_right = is_english(words[0]) or self._is_in_context(words[0])
            if not is_slip or len(words[0]) < MIN_USUAL or is_right:
                return None
            self._is_slip = True
            return usual[0].word
        if self.has_prefix(words[0]) or self.has_other_spelling(found.token):
            return None
        if halves := self._halves(words[0]):
            return halves
        candidates = self.closest(words[0])[:MAX_CORRECTIONS]
        if is_english(words[0]) or is_compound(words[0]):
            beside = (
                each.word for each in candidates if self._is_usual_beside(words[0], each.word)
            )
            return next(beside, None)
        if candidates and (best := self._with_others(words[0], candidates)):
            return best
        return self._corrected_parts(text[found.start : found.end].lower(), words)

    def _corrected_parts(self, text: str, words: Sequence[str]) -> str | None:
        """A compound with its unknown parts corrected; `None` if that is impossible."""
        corrected = text
        for part in words[1:]:
            if not self._frequency("word", part) and (best := self.closest(part)):
                corrected = corrected.replace(part, best[0].word, 1)
        return corrected if corrected != text else None

    def _is_in_context(self, word: str) -> bool:
        """Whether a visible page contains a word together with another one of the query."""
        held = self.snapshot.holding("word", word) & self.visible
        others = [other for other in self._content if other != word]
        return any((held & self.snapshot.holding("content", stem(other))).any() for other in others)

    def _is_usual_beside(self, word: str, candidate: str) -> bool:
        """Whether pages have `candidate` beside a neighbour of `word` in the query.

        For a `word` that is spelled correctly: only its neighbours show that another was meant.
        """
        at = self._content.index(word) if word in self._content else 0
        before, after = self._content[max(at - 1, 0) : at], self._content[at + 1 : at + 2]
        pairs = [(each, candidate) for each in before] + [(candidate, each) for each in after]
        return any(self._side_by_side(*pair) >= MIN_BESIDE for pair in pairs)

    def _with_others(self, word: str, candidates: Sequence[SpellingCandidate]) -> str | None:
        """The first candidate that a visible page contains with half of the query's other words.

        A mistyped word is meant for a page that contains the other ones; for an unknown name, there
        is usually no such page. Candidates with two letters swapped need no such page.
        """
        others = [other for other in self._content if other != word][:MAX_OTHERS]
        held = np.zeros(self.snapshot.size, np.int8)
        for other in others:
            # Another word may be mistyped as well.
            near = [] if self._frequency("content", stem(other)) else self.closest(other)[:1]
            held += self.snapshot.holding("content", stem(near[0].word if near else other))
        among = self.visible & (held * 2 >= len(others))
        for candidate in (each.word for each in candidates):
            is_swapped = sorted(candidate) == sorted(word)
            if is_swapped or (among & self.snapshot.holding("word", candidate)).any():
                return candidate
        return None

    def _is_chance(self, word: str) -> bool:
        """Whether a word only shares its stem with others: `atomation` with `atom`."""
        if len(word) < TWO_EDITS_FROM or not word.isascii() or self._frequency("word", word):
            return False
        forms = self.snapshot.expand_prefix(word[:-MAX_ENDING], MAX_FORMS_COMPARED)
        # Count visible pages only, or the words of hidden pages would be revealed.
        return not any(stem(form) == stem(word) and self._frequency("word", form) for form in forms)

    def _halves(self, word: str) -> str | None:
        """Split a word into two that occur side by side: `dockercompose` to `docker compose`."""
        if not (word.isascii() and word.isalpha()) or len(word) > MAX_SPELLED_LETTERS:
            return None
        cuts = range(MIN_HALF_LETTERS, len(word) - MIN_HALF_LETTERS + 1)
        halves = [(word[:cut], word[cut:]) for cut in cuts]
        known = [
            pair
            for pair in halves
            if not any(map(is_stop_word, pair))
            and all(self._frequency("word", half) for half in pair)
        ]
        found = [(self._side_by_side(*pair), " ".join(pair)) for pair in known[:MAX_CORRECTIONS]]
        most, text = max(found, default=(0, ""))
        return text if most else None

    def _joined(self, first: QueryUnit, second: QueryUnit) -> str | None:
        """Join words that pages hardly ever write apart: `data base` to `database`."""
        both = (first.value, second.value)
        if any(piece.field or piece.is_excluded for piece in (first, second)):
            return None
        if not all(value.isascii() and value.isalpha() and value.islower() for value in both):
            return None
        frequency = self._frequency("word", "".join(both))
        if frequency < MIN_USUAL or any(is_stop_word(value) for value in both):
            return None
        is_usual = frequency >= SLIP_RATIO * self._side_by_side(*both)
        return "".join(both) if is_usual else None

    def _side_by_side(self, first: str, second: str) -> int:
        """The number of visible pages that contain two words next to each other."""
        places = [(0, stem(first)), (1, stem(second))]
        mask = phrase_mask(self.snapshot, places, is_title=False) & self.visible
        return int(np.count_nonzero(mask))

    def _label(self, piece: QueryUnit) -> str | None:
        """The correction of a kind, tag, author or status in a filter; `None` if there is none."""
        field, wanted = piece.field, label_key(piece.value)
        if field not in CORRECTED_FIELDS or self._frequency(field, wanted):
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
    """The distance in edits; forms of one word, such as `technologies`, are one edit apart."""
    if wanted != label and stem(wanted) == stem(label):
        return 1
    return OSA.distance(wanted, label, score_cutoff=edits)


def _edits(word: str) -> int:
    """The number of edits by which a correction may differ.

    None for numbers, since each is a number of its own, and none for short names like `i/o`.
    """
    is_exact = "/" in word or "&" in word or any(letter.isdigit() for letter in word)
    if is_exact or not MIN_SPELLED_LETTERS <= len(word) <= MAX_SPELLED_LETTERS:
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


def _words_with_letters(arrays: SegmentArrays, word: str, edits: int) -> Iterator[bytes]:
    """The words of a segment with nearly the same letters, equally often."""
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
    numbers = chosen + arrays.fields.get("word", (0, 0))[0]
    for at in range(0, len(numbers), MAX_WORDS_COMPARED):
        some = numbers[at : at + MAX_WORDS_COMPARED]
        yield from map(arrays.term, some[_differs_little(arrays, some, encoded, room)].tolist())


def _differs_little(
    arrays: SegmentArrays, numbers: NDArray[np.int64], word: bytes, room: int
) -> NDArray[np.bool_]:
    """The mask of words with nearly equal counts of letters: an edit changes at most two counts.

    This leaves a few dozen of thousands of words with nearly the same set of letters.
    """
    letters, owners = arrays.letters_of(numbers)
    counts = np.bincount((owners << 5) + (letters & 31), minlength=len(numbers) << 5)
    wanted = np.bincount(np.frombuffer(word, np.uint8) & 31, minlength=32)
    difference = np.abs(counts.reshape(-1, 32) - wanted).sum(axis=1)
    close: NDArray[np.bool_] = difference <= 2 * room
    return close
