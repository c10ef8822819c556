"""What a query asks of the index: terms with weights, from the word as written to one like it.

A short query is forgiven more than a text: where few pages hold a word, its beginning is asked for
too, and where none does, what it was probably meant to be. Nearer forms count more: the word as
written, words that begin so, other forms of its stem, similar words.
"""

from dataclasses import dataclass, field

from wiki.search.analysis.analyzer import UNSIGNED, Chunk, chunks_of, is_idle, letters, stem
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.parser import InTitle, Item, Phrase, Prefix, Query, Word
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring

SCORED_TERMS = 64  # the terms of a pasted text that tell most; the others change no rank
SHORT = 6  # words up to which a query is typed rather than pasted, and forgiven
FEW = 20  # pages; a word of fewer is also taken for the beginning of one
PROSE = 0.75  # of a text's words; with fewer plain ones it is code
SHORTEST_BEGINNING = 3  # letters from which on a word is taken for the beginning of one


@dataclass(slots=True)
class ExpandedQuery:
    """`terms` and `beginnings` of words by weight; `forms`: of a term, the word as written.

    `besides`: of a beginning, the term whose pages are found already. Of a short query, `variants`:
    terms by which its words are found where they are written with other signs, each with the
    word's own term; `order`: the telling words in the order they were asked. `is_question`: there
    are words besides, of the kind that only ask. `is_prose`: they are words as in sentences, not
    code. `is_guessed`: no page holds any of the words, only similar ones.
    """

    terms: dict[str, float] = field(default_factory=dict)
    beginnings: dict[str, float] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    besides: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    is_question: bool = False
    is_prose: bool = False
    is_guessed: bool = False

    def add(self, term: str, weight: float) -> None:
        self.terms[term] = self.terms.get(term, 0.0) + weight

    def begin(self, word: str, weight: float, besides: str = "") -> None:
        self.beginnings[word] = self.beginnings.get(word, 0.0) + weight
        self.besides[word] = besides


def expand(snapshot: Snapshot, query: Query, speller: Speller) -> ExpandedQuery:
    """What a query asks for; said twice, it is asked for more."""
    asked = ExpandedQuery()
    for beginning in query.beginnings:
        asked.begin(beginning, 1.0)
    all_chunks = scored_chunks(query)
    telling_chunks = telling(all_chunks)
    asked.is_question = len(telling_chunks) < len(all_chunks)
    plain = sum(each.is_plain for each in telling_chunks)
    asked.is_prose = plain >= PROSE * len(telling_chunks)
    is_short = len(telling_chunks) <= SHORT
    known = 0
    for found in telling_chunks:
        # Of a long text nothing is forgiven, so that it needn't be counted who may see it.
        frequency = speller.frequency(found) if is_short else _is_held(snapshot, found)
        _add_chunk(asked, found, is_known=frequency > 0)
        if is_short and found.terms:
            asked.variants |= dict.fromkeys(found.variants, found.terms[0].text)
        if is_short and found.is_plain:
            asked.forms[found.terms[0].text] = found.words[0]
        if is_short and found.words and frequency < FEW:
            known += _forgive(asked, found, frequency, speller)
        else:
            known += frequency > 0
    asked.is_guessed = bool(telling_chunks) and not known and not asked.beginnings
    if is_short:
        asked.order = [found.terms[0].text for found in telling_chunks if found.terms]
    weights = {term: scoring.query_tf(weight) for term, weight in asked.terms.items()}
    asked.terms = _most_telling(snapshot, weights)
    return asked


def _is_held(snapshot: Snapshot, found: Chunk) -> bool:
    """Whether some page holds a chunk as a whole, in this or another form."""
    return any(snapshot.spots("content", term.text) for term in found.terms if not term.is_part)


def _add_chunk(asked: ExpandedQuery, found: Chunk, *, is_known: bool) -> None:
    for term in found.terms:
        if term.text.startswith(UNSIGNED) or (term.is_part and is_known and len(term.text) <= 2):
            continue
        asked.add(term.text, scoring.PART_SHARE if term.is_part and is_known else 1.0)


def _forgive(asked: ExpandedQuery, found: Chunk, frequency: int, speller: Speller) -> bool:
    """Ask also for words that begin so; where there are none, for similar ones.

    Whether the word itself, one that begins so or all its parts were found.
    """
    word = found.words[0]
    if letters(word) >= SHORTEST_BEGINNING and speller.begins(word):
        asked.begin(word, scoring.PREFIX_SHARE, found.terms[0].text if frequency else "")
        return True
    if frequency or speller.is_written_otherwise(found):
        return True
    for share, candidate in zip(scoring.SIMILAR_SHARES, speller.closest(word), strict=False):
        asked.add(stem(candidate.word), share)
    return False


def telling(asked: list[Chunk]) -> list[Chunk]:
    """The chunks that say what is looked for; all of them when none does."""
    kept = [each for each in asked if not (len(each.words) == 1 and is_idle(each.words[0]))]
    return kept or asked


def scored_chunks(query: Query) -> list[Chunk]:
    """What of a query is words: plain ones, and those of phrases and alternatives."""
    return plain_chunks(query) + required_chunks(query)


def plain_chunks(query: Query) -> list[Chunk]:
    # As one text, since a number in groups is several words.
    text = " ".join(item.text for item in query.words if isinstance(item, Word))
    return list(chunks_of(text))


def required_chunks(query: Query) -> list[Chunk]:
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


def _most_telling(snapshot: Snapshot, weights: dict[str, float]) -> dict[str, float]:
    if len(weights) <= SCORED_TERMS:
        return weights
    worth = {
        term: weight * snapshot.rarity(term)
        for term, weight in weights.items()
        if snapshot.spots("content", term)
    }
    chosen = sorted(worth, key=lambda term: -worth[term])[:SCORED_TERMS]
    return {term: weights[term] for term in chosen}
