"""The query language, read from what a person typed. Pure; every text is a query.

Words are alternatives, best first. `"…"` must stand as written, `-x` must not, `a OR b` needs
one of them, `begin*` any word that begins so; `title: tag: kind: author: status: in:
before: after:` filter.
What can't be meant that way is read as plain words, and `hint` says so.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from wiki.search.folding import fold

QUERY_LENGTH = 10_000  # characters that are read; a long stack trace has 5,000
PASTE_WORDS = 40  # from here on it is a pasted text, in which `-` and `"` mean nothing
SHORTEST_PREFIX = 2  # letters before `*`; one letter begins a tenth of all words
SHORTEST_EXCLUDED = 3  # letters after `-`; shorter ones are options of a command: rm -rf

FIELDS = ("title", "tag", "kind", "author", "status", "in", "before", "after")


@dataclass(frozen=True, slots=True)
class Word:
    """Plain text: one or more words, each of which may match."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A label that a page has: `tag`, `kind`, `author`, `status` or `in`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class InTitle:
    """Something the title holds."""

    item: Word | Phrase | Prefix


@dataclass(frozen=True, slots=True)
class Changed:
    """Last changed in this time: from `since`, before `until`."""

    since: datetime | None = None
    until: datetime | None = None


Item = Word | Phrase | Prefix | Filter | InTitle | Changed


@dataclass(frozen=True, slots=True)
class Hint:
    """What was not understood: its name, and the words it is about."""

    name: str  # "quote", "or", "prefix", "date", "field"
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `required`: of each group one must hold."""

    text: str
    words: tuple[Word | Prefix, ...] = ()
    required: tuple[tuple[Item, ...], ...] = ()
    excluded: tuple[Item, ...] = ()
    hint: Hint | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.required or self.excluded)

    @property
    def is_plain(self) -> bool:
        """Whether it is words alone, without a sign of the language."""
        return not (self.required or self.excluded) and all(
            isinstance(word, Word) for word in self.words
        )


_TOKEN = re.compile(
    r"""
    (?P<minus> -(?=["“\w.@$#]) )?
    (?: (?P<field> [A-Za-z]+ ) : (?=\S) )?
    (?: (?: " (?P<phrase> [^"]* ) " | “ (?P<curly> [^”]* ) ” ) (?=\s|$|[.,;:!?)])
      | (?P<word> \S+ ) )
    """,
    re.VERBOSE,
)


def parse(text: str) -> Query:
    """Read a query. Never raises."""
    text = " ".join(text[:QUERY_LENGTH].replace("\0", " ").split())
    if not text:
        return Query("")
    if text.count(" ") >= PASTE_WORDS:
        return Query(text, words=(Word(text),))
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.hint: Hint | None = None

    def read(self) -> Query:
        entries = self._entries()
        words: list[Word | Prefix] = []
        required: list[tuple[Item, ...]] = []
        excluded: list[Item] = []
        for group in _groups(entries):
            if len(group) > 1:
                required.append(tuple(item for item, _ in group))
                continue
            item, is_excluded = group[0]
            if is_excluded:
                excluded.append(item)
            elif isinstance(item, Word | Prefix):
                words.append(item)
            else:
                required.append((item,))
        return Query(self.text, tuple(words), tuple(required), tuple(excluded), self.hint)

    def _say(self, name: str, text: str) -> None:
        self.hint = self.hint or Hint(name, text)

    def _entries(self) -> list[tuple[Item, bool] | None]:
        """Items with whether they are excluded; `None` stands for OR."""
        entries: list[tuple[Item, bool] | None] = []
        at = 0
        while match := _TOKEN.search(self.text, at):
            at = match.end()
            if match.group() == "OR":
                entries.append(None)
            else:
                entries += self._entry(match)
        return self._without_loose_or(entries)

    def _entry(self, match: re.Match[str]) -> list[tuple[Item, bool]]:
        minus, field, word = match["minus"], match["field"], match["word"]
        phrase = match["phrase"] if match["phrase"] is not None else match["curly"]
        name = (field or "").lower()
        is_excluded = bool(minus)
        if field and name not in FIELDS:
            # Code is full of colons: a name that is no field belongs to its word.
            plain = match.group()[1:] if minus else match.group()
            return [(Word(plain), is_excluded)]
        if field:
            value = phrase if phrase is not None else word or ""
            item = self._filter(name, value, is_phrase=phrase is not None)
            return [(item, is_excluded)] if item else [(Word(value), False)]
        if phrase is not None:
            return [(Phrase(phrase), is_excluded)] if phrase.strip() else []
        if is_excluded and len(re.sub(r"[\W_]", "", word)) < SHORTEST_EXCLUDED:
            return [(Word(word), False)]
        if word.startswith(('"', "“")):
            self._say("quote", word)
        item = self._plain(word)
        return [(item, is_excluded)] if item else []

    def _plain(self, word: str) -> Word | Prefix | None:
        if word.endswith("*") and "*" not in word[:-1]:
            beginning = fold(word[:-1])
            if len(beginning) >= SHORTEST_PREFIX and beginning[-1].isalnum():
                return Prefix(beginning)
            self._say("prefix", word)
        return Word(word) if any(character.isalnum() for character in word) else None

    def _filter(self, name: str, value: str, *, is_phrase: bool) -> Item | None:
        if name == "title":
            if is_phrase:
                return InTitle(Phrase(value)) if value.strip() else None
            item = self._plain(value)
            return InTitle(item) if item else None
        if name in ("before", "after"):
            return self._changed(name, value)
        return Filter(name, value) if any(character.isalnum() for character in value) else None

    def _changed(self, name: str, value: str) -> Changed | None:
        span = _span(value)
        if span is None:
            self._say("date", f"{name}:{value}")
            return None
        # Before a month is before it begins, after a month is after it has ended.
        return Changed(until=span[0]) if name == "before" else Changed(since=span[1])

    def _without_loose_or(
        self, entries: list[tuple[Item, bool] | None]
    ) -> list[tuple[Item, bool] | None]:
        kept: list[tuple[Item, bool] | None] = []
        for index, entry in enumerate(entries):
            before = kept[-1] if kept else None
            after = entries[index + 1] if index + 1 < len(entries) else None
            if entry is None and (not _may_alternate(before) or not _may_alternate(after)):
                self._say("or", "OR")
                continue
            kept.append(entry)
        return kept


def _may_alternate(entry: tuple[Item, bool] | None) -> bool:
    return entry is not None and not entry[1]


def _groups(entries: list[tuple[Item, bool] | None]) -> list[list[tuple[Item, bool]]]:
    """Entries with those between which OR stands together."""
    groups: list[list[tuple[Item, bool]]] = []
    is_joined = False
    for entry in entries:
        if entry is None:
            is_joined = True
        elif is_joined:
            groups[-1].append(entry)
            is_joined = False
        else:
            groups.append([entry])
    return groups


def _span(value: str) -> tuple[datetime, datetime] | None:
    """2026, 2026-11 or 2026-11-23 as the time it begins and the time it has ended."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", value)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        begin = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        if day:
            return begin, begin + timedelta(days=1)
        if month:
            return begin, (begin + timedelta(days=31)).replace(day=1)
        return begin, replace_year(begin)
    except (ValueError, OverflowError):
        return None


def replace_year(begin: datetime) -> datetime:
    return begin.replace(year=begin.year + 1)


def without(query: Query, item: Item) -> Query:
    """The query without one of its filters; for the links that take a filter away."""
    required = tuple(group for group in query.required if group != (item,))
    return replace(query, required=required)
