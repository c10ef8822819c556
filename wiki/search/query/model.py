"""A parsed query: words to rank by, and items that must or must not match."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from wiki.search.analysis.analyzer import Token, tokenize
from wiki.search.query.pastes import PasteLine
from wiki.search.query.units import QueryUnit


@dataclass(frozen=True, slots=True)
class Word:
    """Plain text: one or more words, each of which may match."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must occur side by side, in this order; `text` is as typed between the quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A label that a page must have: its `tag`, `kind`, `author`, `status`, `field` or `in`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class InTitle:
    """A word, phrase or prefix that must occur in the title."""

    item: Word | Phrase | Prefix


@dataclass(frozen=True, slots=True)
class Changed:
    """A condition on the last change: at or after `since`, before `until`."""

    since: datetime | None = None
    until: datetime | None = None


Item = Word | Phrase | Prefix | Filter | InTitle | Changed


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint about a part of the query that was not understood: its name, and the words."""

    # "quote", "or", "prefix", "date", "field", "space", "option", "excluded", "signs", "long"
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. From each group in `required`, one item must match.

    `units`: the pieces of `text`, in order. `paste`: the lines of the program output that `text`
    begins with, if any.
    """

    text: str
    words: tuple[Word | Prefix, ...] = ()
    required: tuple[tuple[Item, ...], ...] = ()
    excluded: tuple[Item, ...] = ()
    hint: Hint | None = None
    units: tuple[QueryUnit, ...] = field(default=(), compare=False, repr=False)
    paste: tuple[PasteLine, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether the query is empty, so that it finds nothing."""
        return not (self.words or self.required or self.excluded)

    @property
    def is_plain(self) -> bool:
        """Whether it consists of words, without operators."""
        return not (self.required or self.excluded or self.prefixes)

    @property
    def requires_text(self) -> bool:
        """Whether a phrase or alternative must occur in the text; words only affect ranking."""
        return any(
            isinstance(item, Phrase | Word | Prefix) for group in self.required for item in group
        )

    @property
    def unfiltered_text(self) -> str:
        """Its words and phrases without operators and filters, for comparison with titles."""
        words = [item.text for item in self.words if isinstance(item, Word)]
        required = [item for group in self.required for item in group]
        words += [item.text for item in required if isinstance(item, Phrase)]
        titles = [item.item for item in required if isinstance(item, InTitle)]
        return " ".join((*words, *(item.text for item in titles if not isinstance(item, Prefix))))

    @property
    def prefixes(self) -> list[str]:
        """The prefixes among the words, without `*`."""
        return [item.text for item in self.words if isinstance(item, Prefix)]

    @property
    def required_prefixes(self) -> list[str]:
        """The prefixes in alternatives and title items, without `*`."""
        return [item.text for item in self._required_texts() if isinstance(item, Prefix)]

    @property
    def alternatives(self) -> list[str]:
        """The words and phrases joined by OR."""
        groups = (group for group in self.required if len(group) > 1)
        return [item.text for group in groups for item in group if isinstance(item, Word | Phrase)]

    def plain_tokens(self) -> list[Token]:
        """The tokens of the plain words."""
        # As one text, since a grouped number consists of several words.
        text = " ".join(item.text for item in self.words if isinstance(item, Word))
        return list(tokenize(text))

    def required_tokens(self) -> list[Token]:
        """The tokens of phrases, alternatives and title items."""
        texts = [item.text for item in self._required_texts() if isinstance(item, Word | Phrase)]
        return [token for text in texts for token in tokenize(text)]

    def _required_texts(self) -> Iterator[Word | Phrase | Prefix]:
        for group in self.required:
            for item in group:
                inner = item.item if isinstance(item, InTitle) else item
                if isinstance(inner, Word | Phrase | Prefix):
                    yield inner

    def loosened(self) -> "Query":
        """The query with its phrases as plain words, and without excluded words."""
        words: list[Word | Prefix] = list(self.words)
        required = []
        for group in self.required:
            if any(isinstance(item, Phrase) for item in group):
                words += (Word(item.text) for item in group if isinstance(item, Word | Phrase))
            else:
                required.append(group)
        kept = tuple(item for item in self.excluded if isinstance(item, Filter | Changed))
        return replace(self, words=tuple(words), required=tuple(required), excluded=kept)
