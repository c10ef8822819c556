"""The literal texts of a query, for searching the database while there is no index."""

from wiki.search.analysis.analyzer import is_stop_word, tokenize_with_offsets
from wiki.search.analysis.folding import fold
from wiki.search.query.model import InTitle, Item, Phrase, Prefix, Query, Word

MAX_LITERAL_TEXTS = 8  # of one query


def literal_texts(item: Item) -> list[str]:
    """The texts that a page must contain to match an item: a whole phrase, or single words."""
    inner = item.item if isinstance(item, InTitle) else item
    if isinstance(inner, Phrase):
        return [" ".join(inner.text.split())]
    if isinstance(inner, Prefix):
        return [inner.text]
    if isinstance(inner, Word):
        # As typed: the C of C# would be found on every page.
        return [inner.text[found.start : found.end] for found in tokenize_with_offsets(inner.text)]
    return []


def literal_words(query: Query) -> list[str]:
    """The words and phrases that a page may contain, without stop words."""
    items = [*query.words, *(item for group in query.required for item in group)]
    texts = [text for item in items for text in literal_texts(item)]
    content_words = [text for text in texts if not is_stop_word(fold(text))]
    return list(dict.fromkeys(content_words or texts))[:MAX_LITERAL_TEXTS]
