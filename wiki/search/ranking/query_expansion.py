"""Query expansion: the weighted terms for a query, from the words as typed to similar words.

A typed query is expanded more than a pasted text: a word on few pages may be the beginning of a
longer one, a word on no page may be a misspelling. Closer forms weigh more: the word as typed,
words that begin with it, other forms of its stem, similar words.
"""

from dataclasses import dataclass, field

from wiki.search.analysis.analyzer import (
    FILLER_WORDS,
    JOINED_PREFIX,
    QUESTION_WORDS,
    Token,
    is_stop_word,
    letter_count,
    stem,
    tokenize,
)
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.comparison import VERSUS, compared
from wiki.search.query.english import is_english
from wiki.search.query.model import Query
from wiki.search.query.pastes import ERROR, NOISE_SHARE, without_noise
from wiki.search.query.spelling import Speller
from wiki.search.query.units import is_message
from wiki.search.ranking import scoring
from wiki.search.ranking.synonym_scores import SynonymGroup, is_held

# Terms of a pasted text: those with the highest idf; more would not change ranks.
MAX_SCORED_TERMS = 64
MAX_TYPED_TOKENS = 6  # content words; a longer query is treated as pasted
PREFIX_MAX_FREQUENCY = 20  # pages; a word on fewer is also used as a prefix
PROSE_SHARE = 0.75  # of the words; a text with fewer plain ones is code
MIN_PREFIX_LETTERS = 3  # letters; shorter words are not used as prefixes
MIN_SENTENCE_WORDS = 2  # stop words in a sentence; a single one may be part of a name
MIN_SUBJECT_WORDS = 2  # words about the subject, for the other words of a sentence to count less
MAX_WORDINGS = 4  # variants of a query with synonyms
_VERSUS = {(word,) for word in VERSUS}
MAX_COMMON_PART = 2  # characters; shorter parts of a known compound are too common


@dataclass(slots=True)
class ExpandedQuery:
    """A parsed query, its tokens, and the weighted terms and prefixes to search for.

    `plain`: the tokens of its plain words; `required`: those of phrases, alternatives and titles.
    `forms` maps a term to the word as typed, `covered_by` a prefix to a term that finds the same
    pages anyway. For a typed query, `variants` maps spellings with other separators to the term of
    the word, and `order` contains its content terms as typed. `synonyms`: the wordings for which
    there are alternatives; `wordings`: the text with these. `sides`: the two things it compares.
    `is_question`: it also has stop words. `is_prose`: its words are those of sentences, not of
    code. `is_guessed`: no page contains any of its words, only similar ones.
    """

    query: Query
    plain: list[Token]
    required: list[Token]
    terms: dict[str, float] = field(default_factory=dict)
    prefixes: dict[str, float] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    covered_by: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    synonyms: list[SynonymGroup] = field(default_factory=list)
    wordings: list[str] = field(default_factory=list)
    sides: tuple[str, ...] = ()
    is_question: bool = False
    is_prose: bool = False
    is_guessed: bool = False

    def add_term(self, term: str, weight: float) -> None:
        """Add a term; if it is added again, the weights are summed."""
        self.terms[term] = self.terms.get(term, 0.0) + weight

    def add_prefix(self, word: str, weight: float, covered_by: str = "") -> None:
        """Add all words that begin with `word`.

        Pages that contain the term `covered_by` are found by that term anyway.
        """
        self.prefixes[word] = self.prefixes.get(word, 0.0) + weight
        self.covered_by[word] = covered_by


def expand(snapshot: Snapshot, query: Query, speller: Speller) -> ExpandedQuery:
    """Expand a query; terms that it repeats weigh more."""
    expanded = ExpandedQuery(query, query.plain_tokens(), query.required_tokens())
    for prefix in query.prefixes:
        expanded.add_prefix(prefix, 1.0)
    if query.paste:
        return _expand_paste(expanded, snapshot, speller)
    tokens = expanded.plain + expanded.required
    expanded.sides = compared(query.unfiltered_text) or ()
    if expanded.sides:
        tokens = [token for token in tokens if token.words[:1] not in _VERSUS]
    content = without_stop_words(tokens)
    is_asked = any(token.words[0] in QUESTION_WORDS for token in tokens if token.words)
    if is_asked or (len(content) <= MAX_TYPED_TOKENS and not is_message(query.text)):
        _add_synonyms(expanded, speller)
    expanded.is_question = len(content) < len(tokens)
    expanded.is_prose = sum(token.is_plain for token in content) >= PROSE_SHARE * len(content)
    if len(content) <= MAX_TYPED_TOKENS:
        # In a sentence, only the last word may be unfinished.
        is_sentence = len(tokens) - len(content) >= MIN_SENTENCE_WORDS
        whole = content[:-1] if is_sentence else []
        known = sum([_add_typed(expanded, token, speller, whole) for token in content])
        expanded.order = [token.terms[0].text for token in content if token.terms]
    else:
        known = sum([_add_pasted(expanded, token, snapshot, speller) for token in content])
    expanded.is_guessed = bool(content) and not known and not expanded.prefixes
    if is_asked:
        _weigh_fillers(expanded, content)
    weights = {term: scoring.query_tf(weight) for term, weight in expanded.terms.items()}
    expanded.terms = _highest_idf(snapshot, weights)
    return expanded


def _add_synonyms(expanded: ExpandedQuery, speller: Speller) -> None:
    """Add the wordings of the query for which there are synonyms."""
    tokens = [token for token in expanded.plain if token.words]
    words = [token.words[0] for token in tokens]
    for begin, end, others in speller.synonyms.found_in(words):
        own = without_stop_words(tokens[begin:end])
        terms = tuple(token.terms[0].text for token in own)
        expanded.synonyms.append(SynonymGroup(terms, others))
        for other in others:
            if other.is_same and len(expanded.wordings) < MAX_WORDINGS:
                expanded.wordings.append(" ".join((*words[:begin], *other.words, *words[end:])))


def _expand_paste(expanded: ExpandedQuery, snapshot: Snapshot, speller: Speller) -> ExpandedQuery:
    """Expand program output: each term has the highest weight of the lines that contain it."""
    expanded.plain = []
    beside: dict[str, float] = {}
    is_known = False
    for line in expanded.query.paste:
        text, noise = without_noise(line.text)
        tokens = without_stop_words(list(tokenize(text)))
        of_line = ExpandedQuery(expanded.query, [], [])
        known = sum([_add_pasted(of_line, token, snapshot, speller) for token in tokens])
        if line.weight == ERROR:
            expanded.plain += tokens
            is_known = is_known or known > 0
        weighed = expanded.terms if line.weight == ERROR else beside
        for term, weight in of_line.terms.items():
            weighed[term] = max(weighed.get(term, 0.0), line.weight * min(weight, 1.0))
        for token in tokenize(noise):
            term = token.terms[0].text if token.terms else ""
            beside[term] = max(beside.get(term, 0.0), line.weight * NOISE_SHARE)
    expanded.is_guessed = bool(expanded.plain) and not is_known
    if len(expanded.plain) <= MAX_TYPED_TOKENS:
        expanded.order = [token.terms[0].text for token in expanded.plain if token.terms]
    errors, others = (
        sum(w * snapshot.idf(t) for t, w in terms.items() if snapshot.postings("content", t))
        for terms in (expanded.terms, beside)
    )
    # However long a log is, its errors determine the ranking.
    share = min(1.0, scoring.BESIDE_ERRORS * errors / others) if others and errors else 1.0
    for token in expanded.required:
        _add_pasted(expanded, token, snapshot, speller)
    weights = {term: share * weight for term, weight in beside.items()} | expanded.terms
    expanded.terms = _highest_idf(snapshot, weights)
    return expanded


def without_stop_words(tokens: list[Token]) -> list[Token]:
    """The tokens without stop words; all of them if there are only stop words."""
    return [token for token in tokens if not _is_stop_word(token)] or tokens


def _is_stop_word(token: Token) -> bool:
    is_one = len(token.words) == 1 or "'" in token.words[0] if token.words else False
    return is_one and is_stop_word(token.words[0])


def _weigh_fillers(expanded: ExpandedQuery, content: list[Token]) -> None:
    """Lower the weights of words in a sentence that are not about its subject."""
    fillers = {token.terms[0].text for token in content if token.words[:1] and _is_filler(token)}
    if len(content) - len(fillers) >= MIN_SUBJECT_WORDS:
        for term in fillers.intersection(expanded.terms):
            expanded.terms[term] *= scoring.FILLER_SHARE


def _is_filler(token: Token) -> bool:
    return token.words[0] in FILLER_WORDS


def _add_typed(expanded: ExpandedQuery, token: Token, speller: Speller, whole: list[Token]) -> bool:
    """Add a token of a typed query; returns whether a visible page matches it.

    Visible pages match with the token, a word that begins with it, or all of its parts. English
    words in `whole` are not used as prefixes.
    """
    frequency = speller.frequency(token)
    _add_terms(expanded, token, is_known=frequency > 0)
    if token.terms:
        expanded.variants |= dict.fromkeys(token.variants, token.terms[0].text)
    if token.is_plain:
        expanded.forms[token.terms[0].text] = token.words[0]
    if not token.words or frequency >= PREFIX_MAX_FREQUENCY:
        return frequency > 0
    word = token.words[0]
    if token in whole and is_english(word):
        return frequency > 0
    if letter_count(word) >= MIN_PREFIX_LETTERS and speller.has_prefix(word):
        expanded.add_prefix(word, scoring.PREFIX_SHARE, token.terms[0].text if frequency else "")
        return True
    if frequency or speller.has_other_spelling(token):
        return True
    if word in speller.synonyms:
        return is_held(speller.snapshot, speller.synonyms.alternatives[word,])
    for share, candidate in zip(scoring.SIMILAR_SHARES, speller.closest(word), strict=False):
        expanded.add_term(stem(candidate.word), share)
    return False


def _add_pasted(
    expanded: ExpandedQuery, token: Token, snapshot: Snapshot, speller: Speller
) -> bool:
    """Add a token of a pasted text; returns whether any page contains it.

    Only for compounds, where it affects what is found, are visible pages counted: for all tokens of
    a long text that would take too long.
    """
    if len(token.parts) > 1:
        is_known = speller.frequency(token) > 0
    else:
        whole = (term.text for term in token.terms if not term.is_part)
        is_known = any(snapshot.postings("content", term) for term in whole)
    _add_terms(expanded, token, is_known=is_known)
    return is_known


def _add_terms(expanded: ExpandedQuery, token: Token, *, is_known: bool) -> None:
    for term in token.terms:
        is_known_part = term.is_part and is_known
        is_common = is_known_part and len(term.text) <= MAX_COMMON_PART
        if not (is_common or term.text.startswith(JOINED_PREFIX)):
            expanded.add_term(term.text, scoring.PART_SHARE if is_known_part else 1.0)


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
