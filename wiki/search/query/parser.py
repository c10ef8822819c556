"""The query language, read from what a person typed. Pure; every text is a query.

Words are alternatives, best first. `"…"` must stand as written, `-x` at the end must not,
`a OR b` needs one of them, `begin*` any word that begins so; `title: tag: kind: author: status:
in: before: after:` filter.
What can't be meant that way is read as plain words, and `hint` says so.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeGuard

from rapidfuzz.distance import OSA

from wiki.search.analysis.folding import fold
from wiki.search.query.dates import parse_date

MAX_QUERY_LENGTH = 10_000  # characters that are read; a long stack trace has 5,000
MAX_FILTERS_LENGTH = 1_000  # of them at the end, where filters are looked for in a longer text
MIN_PASTE_WORDS = 40  # from here on it is a pasted text, in which signs mean nothing
MIN_PLAIN_PASTE_WORDS = 12  # from here on it is one as well, unless it has a filter or OR
MIN_CODE_WORDS = 3  # from here on, where signs stand alone as in code
MIN_PREFIX_LENGTH = 2  # letters before `*`; one letter begins a tenth of all words
MIN_EXCLUDED_LENGTH = 3  # letters after `-`; shorter ones are options of a command: rm -rf

QUERY_FIELDS = ("title", "tag", "kind", "author", "status", "in", "before", "after")
FILTER_FIELDS = QUERY_FIELDS[1:]  # that say nothing of the words of a text


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

    name: str  # "quote", "or", "prefix", "date", "field", "space", "option", "long"
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
    def unfiltered_text(self) -> str:
        """What is asked for in words, without filters: for comparing with titles."""
        words = [item.text for item in self.words if isinstance(item, Word)]
        required = [item for group in self.required for item in group]
        words += [item.text for item in required if _is_phrase(item)]
        titles = [item.item for item in required if isinstance(item, InTitle)]
        return " ".join((*words, *(item.text for item in titles if not isinstance(item, Prefix))))

    @property
    def prefixes(self) -> list[str]:
        """What stands before `*` among the words."""
        return [item.text for item in self.words if isinstance(item, Prefix)]

    @property
    def alternatives(self) -> list[str]:
        """The words and phrases between which OR stands."""
        groups = (group for group in self.required if len(group) > 1)
        return [item.text for group in groups for item in group if isinstance(item, Word | Phrase)]

    @property
    def requires_text(self) -> bool:
        """Whether a phrase or an alternative must stand in the text: single words only rank."""
        return any(
            isinstance(item, Phrase | Word | Prefix) for group in self.required for item in group
        )

    def loosened(self) -> "Query":
        """The query with its phrases as words, and without what must not stand."""
        words: list[Word | Prefix] = list(self.words)
        required = []
        for group in self.required:
            if any(_is_phrase(item) for item in group):
                words += (Word(item.text) for item in group if isinstance(item, Word | Phrase))
            else:
                required.append(group)
        kept = tuple(item for item in self.excluded if isinstance(item, Filter | Changed))
        return replace(self, words=tuple(words), required=tuple(required), excluded=kept)

    @property
    def is_plain(self) -> bool:
        """Whether it is words alone, without a sign of the language."""
        return not (self.required or self.excluded or self.prefixes)


def _is_phrase(item: Item) -> TypeGuard[Phrase]:
    return isinstance(item, Phrase)


_TOKEN = re.compile(
    r"""
    (?P<minus> -(?=["“\w.@$#]) )?
    (?: (?P<field> [A-Za-z]+ ) : (?=\S) )?
    (?: (?: " (?P<phrase> [^"]* ) " | “ (?P<curly> [^”]* ) ” ) (?=\s|$|[.,;:!?)])
      | (?P<word> \S+ ) )
    """,
    re.VERBOSE,
)


# `-Path` in `Split-Path -Path $PROFILE -Parent`: who leaves words out names them last.
_OPTION = re.compile(
    rf"""
    (?<!\S) [^\s-]\S*\ (?: -\S+\ )*
    -(?!(?:{"|".join(QUERY_FIELDS)}):)[\w.@$#]\S*\ (?! -|["“]|OR\  | (?:{"|".join(QUERY_FIELDS)}): )
    """,
    re.VERBOSE,
)
_CODE = re.compile(r"(?<!\S)(?:[|{}();<>=]+|&&|=>|->)(?!\S)")
# `FATAL: database "hub" does not exist`: a word that ends with a colon opens a message.
_MESSAGE = re.compile(rf"(?<!\S)(?!(?i:{'|'.join(QUERY_FIELDS)}):)[^\s\"“]*\w:(?=\s)")
# What a facet's link adds to a pasted text.
_LAST_FILTERS = re.compile(rf"(?: (?:{'|'.join(FILTER_FIELDS)}):\S+)+\Z")
_LOOSE_OR = re.compile(r"(?:(?<!\S)OR\s*)+\Z")
_LANGUAGE = re.compile(rf"(?<!\S)(?:OR(?!\S)|-?(?i:{'|'.join(QUERY_FIELDS)}):\S)")


class QueryUnit(NamedTuple):
    """A piece of a query as it was typed: its place, the field it names, if any, its value."""

    start: int
    end: int
    field: str
    value: str
    at: int  # where the value begins
    is_excluded: bool


def parse(text: str) -> Query:
    """Read a query. Never raises."""
    whole = " ".join(text.replace("\0", " ").split())
    text = _fitted(whole)
    if not text:
        return Query("")
    paste, filters = _paste_of(text)
    query = _Reader(filters if paste else text).read()
    if paste:
        query = replace(query, text=text, words=(Word(paste), *query.words))
    return replace(query, hint=Hint("long", str(MAX_QUERY_LENGTH))) if text != whole else query


def query_units(text: str) -> list[QueryUnit]:
    """The pieces of a query's text, in order; a pasted text is one. For changing a query."""
    paste, _ = _paste_of(text)
    found = [QueryUnit(0, len(paste), "", paste, 0, False)] if paste else []
    for match in _TOKEN.finditer(text, len(paste)):
        field: str = (match["field"] or "").lower()
        part: int | str = 0
        if field in QUERY_FIELDS:
            part = next(name for name in ("phrase", "curly", "word") if match[name] is not None)
        value = match.group(part)
        name = field if part else ""
        found.append(QueryUnit(*match.span(), name, value, match.start(part), bool(match["minus"])))
    return found


def is_message(text: str) -> bool:
    """Whether it is what a program said: what stands in quotes there is a name."""
    return _MESSAGE.search(text) is not None


def with_filter(text: str, field: str, value: str) -> str:
    """The query with one filter more."""
    # Behind a loose OR the filter would become one of its sides.
    return _fitted(f"{_LOOSE_OR.sub('', text)} {field}:{value}".strip())


def without(text: str, taken: Collection[QueryUnit]) -> str:
    """The query without some of its pieces."""
    kept, at = [], 0
    for piece in taken:
        kept.append(text[at : piece.start])
        at = piece.end
    return " ".join("".join((*kept, text[at:])).split())


def _fitted(text: str) -> str:
    """At most `MAX_QUERY_LENGTH`: a longer query loses its last words, not its filters."""
    if len(text) <= MAX_QUERY_LENGTH:
        return text
    filters = _LAST_FILTERS.search(text, len(text) - MAX_FILTERS_LENGTH)
    kept = filters.group() if filters else ""
    return text[: MAX_QUERY_LENGTH - len(kept)].rstrip() + kept


def _paste_of(text: str) -> tuple[str, str]:
    """A pasted text and the filters that stand after it; two empty ones for a typed query."""
    filters = _LAST_FILTERS.search(text)
    at = filters.start() if filters else len(text)
    words = text.count(" ", 0, at) + 1
    is_free = not _LANGUAGE.search(text, 0, at)
    is_code = words >= MIN_CODE_WORDS and _CODE.search(text, 0, at) is not None
    if words >= MIN_PASTE_WORDS or (is_free and (is_code or words >= MIN_PLAIN_PASTE_WORDS)):
        return text[:at], text[at:].strip()
    return "", ""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.hint: Hint | None = None
        self._stands_before_word = _OPTION.search(text) is not None
        self._is_message = is_message(text)

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
        if not (words or required) and all(isinstance(item, Word) for item in excluded):
            # Nobody looks for all pages but those: `-exsoff` is an option.
            words = [item for item in excluded if isinstance(item, Word)]
            excluded = []
        return Query(self.text, tuple(words), tuple(required), tuple(excluded), self.hint)

    def _say(self, name: str, text: str) -> None:
        self.hint = self.hint or Hint(name, text)

    def _say_of_field(self, name: str) -> None:
        for field in QUERY_FIELDS:
            if len(field) > 3 and OSA.distance(name, field, score_cutoff=1) == 1:
                self._say("field", field)

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
        if field and name not in QUERY_FIELDS:
            # Code is full of colons: a name that is no field belongs to its word.
            self._say_of_field(name)
            plain = match.group()[1:] if minus else match.group()
            return [(Word(plain), is_excluded)]
        if field:
            value = phrase if phrase is not None else word or ""
            item = self._filter(name, value, is_phrase=phrase is not None)
            return [(item, is_excluded)] if item else [(Word(value), False)]
        if phrase is not None and self._is_message and not is_excluded and " " not in phrase:
            # `database "hub" does not exist`: a name of the reader's own.
            return [(Word(phrase), False)] if phrase.strip() else []
        if phrase is not None:
            return [(Phrase(phrase), is_excluded)] if phrase.strip() else []
        if is_excluded and self._is_option(word):
            return [(Word(word), False)]
        if word.startswith(('"', "“")):
            self._say("quote", word)
        item = self._plain(word)
        return [(item, is_excluded)] if item else []

    def _is_option(self, word: str) -> bool:
        """Whether `-word` is an option of a pasted command: short, `-Name`, or before a word."""
        if len(re.sub(r"[\W_]", "", word)) < MIN_EXCLUDED_LENGTH and not word.endswith("*"):
            return True
        is_option = self._stands_before_word or word[0].isupper()
        if is_option:
            self._say("option", f"-{word}")
        return is_option

    def _plain(self, word: str) -> Word | Prefix | None:
        if word[-1:] == ":" and word[:-1].lower() in QUERY_FIELDS:
            self._say("space", word.lower())
        if word.endswith("*") and "*" not in word[:-1]:
            beginning = fold(word[:-1])
            if sum(map(str.isalnum, beginning)) >= MIN_PREFIX_LENGTH:
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
        return Filter(name, value) if value.strip('"“”*: ') else None

    def _changed(self, name: str, value: str) -> Changed | None:
        span = parse_date(value)
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
