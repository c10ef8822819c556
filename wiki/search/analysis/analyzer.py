"""Splits text into tokens and terms: stems for prose, whole tokens and their parts for code.

Pure functions. Pages and queries are analysed in the same way, so a page is found by its words.
"""

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from wiki.letters import USUAL_MARKS
from wiki.search.analysis.folding import fold

MAX_TERM_LENGTH = 64  # characters; longer ones are keys or hashes, found by their beginning
# Prefix of the term of a compound written as one word. It keeps it apart from the plain word, so
# that it doesn't change the frequency of that one. No word begins with it.
JOINED_PREFIX = "~"
MIN_JOINED_LENGTH = 3  # characters; `eg` of `e.g` and `rd` of `R&D` are other words
MAX_TOKEN_LENGTH = 256  # characters; a longer run is data, and is split

# Not used for ranking, unless a query has no other words. They are indexed, for phrases.
# The 33 of Lucene's English analyzer.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their "
        "then there these they this to was will with",
    )
)
# Words of questions that do not say what they are about.
QUESTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "what how do does did i you me my can could should would when which who whom why where "
        "has have had been were am we our us your its from about any some other than so "
        "cant dont doesnt didnt isnt arent wont im ive "
        "he she them his her myself someone somebody anyone anybody please thanks "
        "fix fixing solve solving",
    )
)
# Words that are often incidental in sentences, but keywords when they stand alone.
FILLER_WORDS = frozenset(
    re.findall(
        r"\w+",
        "hey hi hello want wants need needs like know think understand explain tell say mean help "
        "way best good better idea possible really just very also again right now get gets got "
        "getting go going make makes making use using used keep keeps trying try works working "
        "thing things something anything everything another other others lot lots bit new people "
        "person become happen happens happened always never every each many much own same able "
        "allow let lets seem seems say says still even because while after before",
    )
)
_CONTRACTION = re.compile(
    r"[a-z]+n't|(?:i|you|he|she|it|we|they|that|what|who|where|when|how|there|here|let)'[a-z]{1,2}"
)

# Emoji and flags, without skin tones, which do not change the meaning.
EMOJI = r"\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
# Including invisible characters within words: soft hyphens, zero-width spaces, joiners.
WORD_CHARACTER = rf"[\w{USUAL_MARKS}{EMOJI}\u00ad\u200b-\u200d]"
_TOKEN = re.compile(
    rf"""
    (?<![\w./\-]) [A-Za-z]/[A-Za-z] (?![\w/])    # I/O  a/b
    |
    (?<![\w.\-]) (?=(?:\d[\ \u00a0\u202f]?){{10,20}}(?![\w\-]|\.\d))
    \d{{1,5}} (?: [\ \u00a0\u202f] \d{{1,5}} ){{2,7}} (?![\w\-]|\.\d)    # 978 0 306 40615 7
    |
    (?: (?<![\w.\-@$#]) (?: -- | [.@$#] ) )?       # --no-cache  .env  @property  $HOME  #include
    {WORD_CHARACTER}+ (?: [.\-'’&‐‑] {WORD_CHARACTER}+ )*        # n-plus-one  127.0.0.1  R&D  don't
    (?: \+\+ \w* | \# (?!\w) )?                    # C++  c++17  C#
    """,
    re.VERBOSE,
)
_PIECES = re.compile(rf"(?:(?!_){WORD_CHARACTER})+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+")
_CASE_BORDER = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]\d|\d[A-Za-z]")
_SPOKEN = re.compile(r"[^\W\d_]+(?:[-_][^\W_]+)+")
_JOINTS = re.compile(r"[-'‐‑_.&]+")
_POINT = re.compile(r"\d\.\d")
_VERSION = re.compile(r"v?(\d+(?:\.\d+){2,})", re.IGNORECASE)
# Scripts written without spaces: every two neighbours are a term, as in Lucene's CJKAnalyzer.
UNSPACED = re.compile(
    rf"[{EMOJI}"
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f]+"
)
# Each Ethiopic letter is a syllable: a consonant with its vowel.
_SYLLABLE = re.compile(r"[\u1200-\u135a\u1380-\u139f\u2d80-\u2ddf\uab01-\uab2e]")
# The Arabic article, also after "and", "by", "as", "so" and "to", is written as part of its word.
# Source: L. Larkey et al., "Improving Stemming for Arabic Information Retrieval", SIGIR 2002.
_ARTICLE = re.compile(r"\A(?:[وبكف]?ال|لل)(?=\w{2})")
_ASCII_WORD = re.compile(r"[a-z]+\Z")

_stemmers = threading.local()


class AnalyzedTerm(NamedTuple):
    """A term and its offset in words from the beginning of its token."""

    text: str
    offset: int
    is_part: bool


class Token(NamedTuple):
    """A run of characters as indexed: its terms, its words as written, its width in words.

    For a compound, `parts` are the terms of its parts, and `joined` is its term when written as one
    word.
    """

    terms: tuple[AnalyzedTerm, ...]
    words: tuple[str, ...]
    width: int
    joined: str = ""
    parts: tuple[AnalyzedTerm, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is a single word without parts."""
        return len(self.terms) == len(self.words) == 1

    @property
    def variants(self) -> tuple[str, ...]:
        """The terms of its spellings with other separators or none."""
        if self.joined:
            return (self.joined, JOINED_PREFIX + self.joined)
        is_unsigned = self.is_plain or (bool(self.parts) and self.terms[0].text.isalnum())
        return (JOINED_PREFIX + self.terms[0].text,) if is_unsigned else ()


class TokenSpan(NamedTuple):
    """A token with its start and end in a text, in characters."""

    token: Token
    start: int
    end: int


def letter_count(word: str) -> int:
    """The number of letters in a word; a syllabic character counts as two."""
    return len(word) if word.isascii() else len(word) + len(_SYLLABLE.findall(word))


def stem(word: str) -> str:
    """The stem of a folded word.

    Source: M. F. Porter, "The English (Porter2) stemming algorithm", Snowball, 2001.
    """
    if not _ASCII_WORD.match(word):
        return word
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        # One per thread: the C object must not be shared.
        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    stemmed: str = stemmer.stemWord(word)
    return stemmed


@lru_cache(maxsize=50_000)
def analyze(raw: str) -> Token:
    """How a run of characters is indexed; see `tokenize_with_offsets`."""
    if raw[0].isdecimal() and len(groups := raw.split()) > 1:
        return _grouped_number(groups)
    raw = raw.replace("’", "'")
    if raw[-2:] in ("'s", "'S") and len(raw) > 3:
        raw = raw[:-2]
    if raw.isascii() and raw.isalpha() and not _CASE_BORDER.search(raw):
        return _plain(raw.lower())
    if UNSPACED.search(raw):
        return _unspaced(raw)
    whole = fold(raw)
    if not whole.strip("_"):
        return Token((), (), 0)
    parts = _parts(raw) or ([whole.replace("/", "")] if "/" in whole else [])  # io: I/O
    # People search for `--no-cache` as no-cache, and for `$request.user` as request.user.
    bare = _ARTICLE.sub("", whole.lstrip("-.@$#"))
    if not parts or parts == [whole] == [bare]:
        return _plain(whole)
    terms = [AnalyzedTerm(stem(whole)[:MAX_TERM_LENGTH], 0, False)]
    parted = [AnalyzedTerm(stem(part)[:MAX_TERM_LENGTH], at, True) for at, part in enumerate(parts)]
    terms += parted
    terms += [AnalyzedTerm(start, 0, True) for start in _version_starts(whole)]
    terms.append(AnalyzedTerm(stem(bare)[:MAX_TERM_LENGTH], 0, True))
    joined = stem(_joined(bare))[: MAX_TERM_LENGTH - 1]
    terms += [AnalyzedTerm(JOINED_PREFIX + joined, 0, True)] if joined else []
    words = dict.fromkeys(word[:MAX_TERM_LENGTH] for word in (whole, *parts, bare))
    return Token(tuple(_without_repeats(terms)), tuple(words), len(parts), joined, tuple(parted))


def _plain(word: str) -> Token:
    """The token of a folded word without parts."""
    term = AnalyzedTerm(stem(word)[:MAX_TERM_LENGTH], 0, False)
    return Token((term,), (word[:MAX_TERM_LENGTH],), 1)


def tokenize_with_offsets(text: str) -> Iterator[TokenSpan]:
    """The tokens of a text with their offsets, in order."""
    for match in _TOKEN.finditer(text):
        raw = match.group()
        if len(raw) <= MAX_TOKEN_LENGTH:
            yield TokenSpan(analyze(raw), match.start(), match.end())
        else:
            yield from _split_long(raw, match.start())


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a text, in order; twice as fast as `tokenize_with_offsets`."""
    for raw in _TOKEN.findall(text):
        if len(raw) <= MAX_TOKEN_LENGTH:
            yield analyze(raw)
        else:
            yield from (found.token for found in _split_long(raw, 0))


def words_in(text: str) -> list[str]:
    """The folded words of a text, not stemmed: code tokens as a whole, then their parts."""
    return [word for found in tokenize(text) for word in found.words]


def is_stop_word(word: str) -> bool:
    """Whether a folded word is a stop word."""
    if word in STOP_WORDS or word in QUESTION_WORDS:
        return True
    return "'" in word and _CONTRACTION.fullmatch(word) is not None


def _split_long(raw: str, start: int) -> Iterator[TokenSpan]:
    for at in range(0, len(raw), MAX_TOKEN_LENGTH):
        piece = raw[at : at + MAX_TOKEN_LENGTH]
        for match in _TOKEN.finditer(piece):
            yield TokenSpan(
                analyze(match.group()), start + at + match.start(), start + at + match.end()
            )


def _parts(raw: str) -> list[str]:
    """The parts of a compound: select, related for `selectRelated` or `select_related`."""
    parts = []
    for piece in _PIECES.findall(raw):
        if not piece.isascii():
            parts.append(fold(piece))
            continue
        pieces = _CAMEL.findall(piece)
        word = piece.lower()
        if len(pieces) > 1 and word != fold(raw):
            parts.append(word)
        parts += [part.lower() for part in pieces]
    # Drop the t of don't, the 3 of 3.11 and the e of eBay, which would match everywhere; but
    # keep the n of n-plus-one, which is pronounced.
    is_spoken = _SPOKEN.fullmatch(raw) is not None
    kept = [part for part in parts if len(part) > 1 or is_spoken]
    if not kept and len(parts) == 1:
        kept = parts  # a single letter, as in C++
    return list(dict.fromkeys(kept))


def _joined(whole: str) -> str:
    """A compound as one word: `wifi` for wi-fi, `nodejs` for node.js; empty for 3.11."""
    core = whole.strip("-'_.&")  # __exit__ has no separators between parts
    word = _JOINTS.sub("", core)
    is_same = word == core or len(word) < MIN_JOINED_LENGTH
    return "" if is_same or _POINT.search(core) else word


def _without_repeats(terms: list[AnalyzedTerm]) -> Iterator[AnalyzedTerm]:
    """Yield each pair of term and offset once."""
    seen: set[tuple[str, int]] = set()
    for term in terms:
        if (term.text, term.offset) not in seen:
            seen.add((term.text, term.offset))
            yield term


def _version_starts(whole: str) -> list[str]:
    """Shorter versions by which people search for one: 3.11 for 3.11.2."""
    match = _VERSION.fullmatch(whole)
    if not match:
        return []
    numbers = match.group(1).split(".")
    starts = [".".join(numbers[:count]) for count in range(2, len(numbers))]
    return starts if match.group(1) == whole else [*starts, match.group(1)]


def _grouped_number(groups: list[str]) -> Token:
    """A grouped number, such as an ISBN or a phone number: each group, and all as one word."""
    whole = fold("".join(groups))
    parts = tuple(AnalyzedTerm(fold(group), place, True) for place, group in enumerate(groups))
    terms = tuple(_without_repeats([AnalyzedTerm(whole, 0, False), *parts]))
    words = dict.fromkeys(term.text for term in terms)
    return Token(terms, tuple(words), len(groups), whole, parts)


def _unspaced(raw: str) -> Token:
    terms: list[AnalyzedTerm] = []
    words: list[str] = []
    place = at = 0
    for match in UNSPACED.finditer(raw):
        place = _spaced(raw[at : match.start()], place, terms, words)
        run, at = fold(match.group()), match.end()
        words.append(run[:MAX_TERM_LENGTH])
        for index, character in enumerate(run):
            terms.append(AnalyzedTerm(character, place + index, True))
            if index + 1 < len(run):
                terms.append(AnalyzedTerm(run[index : index + 2], place + index, False))
        if len(run) == 1:
            terms[-1] = terms[-1]._replace(is_part=False)
        place += len(run)
    place = _spaced(raw[at:], place, terms, words)
    return Token(tuple(terms), tuple(dict.fromkeys(words)), place)


def _spaced(raw: str, place: int, terms: list[AnalyzedTerm], words: list[str]) -> int:
    for found in tokenize_with_offsets(raw):
        terms += [term._replace(offset=term.offset + place) for term in found.token.terms]
        words += found.token.words
        place += found.token.width
    return place
