"""What a query asks for as texts that stand in a page as typed, for where there is no index."""

from wiki.search.analysis.analyzer import is_stop_word, tokenize_with_offsets
from wiki.search.analysis.folding import fold
from wiki.search.query.model import InTitle, Item, Phrase, Prefix, Query, Word

MAX_LITERAL_TEXTS = 8  # of a query that are looked for


def literal_texts(item: Item) -> list[str]:
    """What a page must hold for an item to hold: a phrase in one piece, of plain text each word."""
    inner = item.item if isinstance(item, InTitle) else item
    if isinstance(inner, Phrase):
        return [" ".join(inner.text.split())]
    if isinstance(inner, Prefix):
        return [inner.text]
    if isinstance(inner, Word):
        # As it was typed: of C#, the C would be found in every page.
        return [inner.text[found.start : found.end] for found in tokenize_with_offsets(inner.text)]
    return []


def literal_words(query: Query) -> list[str]:
    """The words and phrases that a page may hold, without those that say nothing."""
    items = [*query.words, *(item for group in query.required for item in group)]
    texts = [text for item in items for text in literal_texts(item)]
    telling = [text for text in texts if not is_stop_word(fold(text))]
    return list(dict.fromkeys(telling or texts))[:MAX_LITERAL_TEXTS]
