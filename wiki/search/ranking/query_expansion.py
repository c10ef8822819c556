"""What a query asks of the index: terms with weights, from the word as written to one like it.

A short query is forgiven more than a text: where few pages hold a word, its beginning is asked for
too, and where none does, what it was probably meant to be. Nearer forms count more: the word as
written, words that begin so, other forms of its stem, similar words.
"""

from dataclasses import dataclass, field

from wiki.search.analysis.analyzer import (
    JOINED_PREFIX,
    Token,
    chunks_of,
    is_stop_word,
    letter_count,
    stem,
)
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.parser import InTitle, Item, Phrase, Prefix, Query, Word
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring

MAX_SCORED_TERMS = 64  # the terms of a pasted text that tell most; the others change no rank
MAX_TYPED_TOKENS = 6  # words up to which a query is typed rather than pasted, and forgiven
PREFIX_MAX_FREQUENCY = 20  # pages; a word of fewer is also taken for the beginning of one
PROSE_SHARE = 0.75  # of a text's words; with fewer plain ones it is code
MIN_PREFIX_LETTERS = 3  # letters from which on a word is taken for the beginning of one


@dataclass(slots=True)
class ExpandedQuery:
    """The weighted terms and prefixes of a query, and what its words say about it.

    `forms` maps a term to the word as typed, `covered_by` a prefix to the term whose pages are
    found anyway. Of a typed query, `variants` maps terms that spell its words with other signs to
    the word's own term, and `order` holds its content words as typed. `is_question`: it has stop
    words besides. `is_prose`: its words are those of sentences, not of code. `is_guessed`: no
    page holds any of its words, only similar ones.
    """

    terms: dict[str, float] = field(default_factory=dict)
    prefixes: dict[str, float] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    covered_by: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    is_question: bool = False
    is_prose: bool = False
    is_guessed: bool = False

    def add_term(self, term: str, weight: float) -> None:
        self.terms[term] = self.terms.get(term, 0.0) + weight

    def add_prefix(self, word: str, weight: float, covered_by: str = "") -> None:
        self.prefixes[word] = self.prefixes.get(word, 0.0) + weight
        self.covered_by[word] = covered_by


def expand(snapshot: Snapshot, query: Query, speller: Speller) -> ExpandedQuery:
    """What a query asks for; said twice, it is asked for more."""
    expanded = ExpandedQuery()
    for beginning in query.prefixes:
        expanded.add_prefix(beginning, 1.0)
    all_chunks = scored_tokens(query)
    telling_chunks = without_stop_words(all_chunks)
    expanded.is_question = len(telling_chunks) < len(all_chunks)
    plain = sum(each.is_plain for each in telling_chunks)
    expanded.is_prose = plain >= PROSE_SHARE * len(telling_chunks)
    is_short = len(telling_chunks) <= MAX_TYPED_TOKENS
    known = 0
    for found in telling_chunks:
        # Of a long text nothing is forgiven, so that it needn't be counted who may see it.
        frequency = speller.frequency(found) if is_short else _is_held(snapshot, found)
        _add_token(expanded, found, is_known=frequency > 0)
        if is_short and found.terms:
            expanded.variants |= dict.fromkeys(found.variants, found.terms[0].text)
        if is_short and found.is_plain:
            expanded.forms[found.terms[0].text] = found.words[0]
        if is_short and found.words and frequency < PREFIX_MAX_FREQUENCY:
            known += _forgive(expanded, found, frequency, speller)
        else:
            known += frequency > 0
    expanded.is_guessed = bool(telling_chunks) and not known and not expanded.prefixes
    if is_short:
        expanded.order = [found.terms[0].text for found in telling_chunks if found.terms]
    weights = {term: scoring.query_tf(weight) for term, weight in expanded.terms.items()}
    expanded.terms = _highest_idf(snapshot, weights)
    return expanded


def _is_held(snapshot: Snapshot, found: Token) -> bool:
    """Whether some page holds a chunk as a whole, in this or another form."""
    return any(snapshot.postings("content", term.text) for term in found.terms if not term.is_part)


def _add_token(expanded: ExpandedQuery, found: Token, *, is_known: bool) -> None:
    for term in found.terms:
        if term.text.startswith(JOINED_PREFIX) or (
            term.is_part and is_known and len(term.text) <= 2
        ):
            continue
        expanded.add_term(term.text, scoring.PART_SHARE if term.is_part and is_known else 1.0)


def _forgive(expanded: ExpandedQuery, found: Token, frequency: int, speller: Speller) -> bool:
    """Ask also for words that begin so; where there are none, for similar ones.

    Whether the word itself, one that begins so or all its parts were found.
    """
    word = found.words[0]
    if letter_count(word) >= MIN_PREFIX_LETTERS and speller.has_prefix(word):
        expanded.add_prefix(word, scoring.PREFIX_SHARE, found.terms[0].text if frequency else "")
        return True
    if frequency or speller.is_written_otherwise(found):
        return True
    for share, candidate in zip(scoring.SIMILAR_SHARES, speller.closest(word), strict=False):
        expanded.add_term(stem(candidate.word), share)
    return False


def without_stop_words(tokens: list[Token]) -> list[Token]:
    """The chunks that say what is looked for; all of them when none does."""
    kept = [each for each in tokens if not (len(each.words) == 1 and is_stop_word(each.words[0]))]
    return kept or tokens


def scored_tokens(query: Query) -> list[Token]:
    """What of a query is words: plain ones, and those of phrases and alternatives."""
    return plain_tokens(query) + required_tokens(query)


def plain_tokens(query: Query) -> list[Token]:
    # As one text, since a number in groups is several words.
    text = " ".join(item.text for item in query.words if isinstance(item, Word))
    return list(chunks_of(text))


def required_tokens(query: Query) -> list[Token]:
    texts = []
    for group in query.required:
        for item in group:
            inner = item.item if isinstance(item, InTitle) else item
            if isinstance(inner, Word | Phrase):
                texts.append(inner.text)
    return [found for text in texts for found in chunks_of(text)]


def required_prefixes(query: Query) -> list[str]:
    items: list[Item] = [item for group in query.required for item in group]
    inner = [item.item if isinstance(item, InTitle) else item for item in items]
    return [item.text for item in inner if isinstance(item, Prefix)]


def _highest_idf(snapshot: Snapshot, weights: dict[str, float]) -> dict[str, float]:
    if len(weights) <= MAX_SCORED_TERMS:
        return weights
    worth = {
        term: weight * snapshot.idf(term)
        for term, weight in weights.items()
        if snapshot.postings("content", term)
    }
    chosen = sorted(worth, key=lambda term: -worth[term])[:MAX_SCORED_TERMS]
    return {term: weights[term] for term in chosen}
