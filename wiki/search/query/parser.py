"""The parser of the query language. Pure functions; every text is a valid query.

Pages match if they contain any of the words, and are ranked. `"…"` must occur as written, `-x` at
the end must not occur, `a OR b` requires one of both, `begin*` matches any word that begins so;
`title: tag: kind: author: status: field: in: before: after:` filter. Operators that make no sense
are read as plain words, and `hint` says so.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from wiki.search.analysis.analyzer import EMOJI
from wiki.search.analysis.folding import fold
from wiki.search.query.dates import parse_date
from wiki.search.query.model import (
    Changed,
    Filter,
    Hint,
    InTitle,
    Item,
    Phrase,
    Prefix,
    Query,
    Word,
)
from wiki.search.query.pastes import is_error_message, is_output, read_paste
from wiki.search.query.units import (
    MAX_QUERY_LENGTH,
    QUERY_FIELDS,
    QueryUnit,
    is_message,
    shorten,
    split_query,
)

MIN_PREFIX_LENGTH = 2  # letters before `*`; one letter begins a tenth of all words
MIN_EXCLUDED_LENGTH = 3  # letters after `-`; shorter ones are options of a command: rm -rf
MIN_MISTYPED_FIELD = 4  # letters; misspellings of shorter field names are not recognised
# Names of the fields in other programs.
OTHER_FIELDS = {
    "tags": "tag",
    "label": "tag",
    "type": "kind",
    "category": "kind",
    "by": "author",
    "is": "status",
    "state": "status",
    "path": "in",
    "folder": "in",
}

_LETTER = re.compile(rf"[^\W_]|[{EMOJI}]")

# An item and whether it is excluded; `None` stands for OR.
Entry = tuple[Item, bool] | None

# `-Path` in `Split-Path -Path $PROFILE -Parent`: people put what they exclude last.
_OPTION = re.compile(
    rf"""
    (?<!\S) [^\s-]\S*\ (?: -\S+\ )*
    -(?!(?:{"|".join(QUERY_FIELDS)}):)[\w.@$#]\S*\ (?! -|["“]|OR\  | (?:{"|".join(QUERY_FIELDS)}): )
    """,
    re.VERBOSE,
)


def parse(text: str) -> Query:
    """Parse a query. Never raises."""
    # JSON may contain lone surrogates, which cannot be compared with terms of the index.
    typed = text.encode("utf-8", "replace").decode().replace("\0", " ")
    whole = " ".join(typed.split())
    text = shorten(whole)
    if not text:
        return Query("")
    units = split_query(text)
    if units[0].is_pasted:
        query = _Interpreter("").read(units[1:])
        query = replace(query, words=(Word(units[0].value), *query.words))
        if is_output(units[0].value) or is_error_message(units[0].value):
            is_whole = len(units) == 1 and text == whole
            query = replace(query, paste=read_paste(typed if is_whole else units[0].value))
    else:
        query = _Interpreter(text).read(units)
    hint = Hint("long", str(MAX_QUERY_LENGTH)) if text != whole else query.hint
    if hint is None and query.is_empty:
        hint = Hint("signs", "")
    return replace(query, text=text, units=units, hint=hint)


class _Interpreter:
    """Interprets units as items. `text` is the typed text; empty if the query was pasted."""

    def __init__(self, text: str) -> None:
        self.hint: Hint | None = None
        self._has_options = _OPTION.search(text) is not None
        self._is_message = is_message(text)

    def read(self, units: Sequence[QueryUnit]) -> Query:
        words: list[Word | Prefix] = []
        required: list[tuple[Item, ...]] = []
        excluded: list[Item] = []
        for group in _groups(self._entries(units)):
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
            # A query of exclusions alone makes no sense: `-exsoff` is an option.
            words = [item for item in excluded if isinstance(item, Word)]
            excluded = []
        return Query("", tuple(words), tuple(required), tuple(excluded), self.hint)

    def _say(self, name: str, text: str) -> None:
        self.hint = self.hint or Hint(name, text)

    def _entries(self, units: Sequence[QueryUnit]) -> list[Entry]:
        entries: list[Entry] = []
        for unit in units:
            if unit.is_or:
                entries.append(None)
            elif entry := self._entry(unit):
                entries.append(entry)
        return self._without_loose_or(entries)

    def _entry(self, unit: QueryUnit) -> Entry:
        if unit.unknown_field:
            self._suggest_field(unit.unknown_field)
            return Word(unit.bare), unit.is_excluded
        if unit.field:
            item = self._filter(unit)
            return (item, unit.is_excluded) if item else (Word(unit.value), False)
        if unit.is_phrase:
            return self._phrase(unit)
        if unit.is_excluded and self._is_option(unit.bare):
            return Word(unit.bare), False
        if unit.bare.startswith(('"', "“")):
            self._say("quote", unit.bare)
        word = self._word(unit.bare)
        if word and unit.is_excluded:  # which somebody who pasted a command didn't mean
            self._say("excluded", unit.bare)
        return (word, unit.is_excluded) if word else None

    def _phrase(self, unit: QueryUnit) -> Entry:
        phrase = unit.bare
        if not phrase.strip():
            return None
        if self._is_message and not unit.is_excluded and " " not in phrase:
            # In `database "hub" does not exist`, the quoted name is from the searcher's system.
            return Word(phrase), False
        return Phrase(phrase), unit.is_excluded

    def _suggest_field(self, name: str) -> None:
        if name.lower() in OTHER_FIELDS:
            self._say("field", OTHER_FIELDS[name.lower()])
        for field in QUERY_FIELDS:
            if len(field) >= MIN_MISTYPED_FIELD and OSA.distance(name, field, score_cutoff=1) == 1:
                self._say("field", field)

    def _is_option(self, word: str) -> bool:
        """Whether `-word` is an option of a pasted command: short, `-Name`, or before a word."""
        if len(re.sub(r"[\W_]", "", word)) < MIN_EXCLUDED_LENGTH and not word.endswith("*"):
            return True
        is_option = self._has_options or word[0].isupper()
        if is_option:
            self._say("option", f"-{word}")
        return is_option

    def _word(self, word: str) -> Word | Prefix | None:
        if word[-1:] == ":" and word[:-1].lower() in QUERY_FIELDS:
            self._say("space", word.lower())
        if word.endswith("*") and "*" not in word[:-1]:
            prefix = fold(word[:-1])
            if sum(map(str.isalnum, prefix)) >= MIN_PREFIX_LENGTH:
                return Prefix(prefix)
            self._say("prefix", word)
        return Word(word) if _LETTER.search(word) else None

    def _filter(self, unit: QueryUnit) -> Item | None:
        field, value = unit.field, unit.value
        if field == "title":
            if unit.is_phrase:
                return InTitle(Phrase(value)) if value.strip() else None
            item = self._word(value)
            return InTitle(item) if item else None
        if field in ("before", "after"):
            return self._changed(field, value)
        if field == "field" and "=" not in value.strip("="):
            return None
        return Filter(field, value) if value.strip('"“”*: ') else None

    def _changed(self, field: str, value: str) -> Changed | None:
        dates = parse_date(value)
        if dates is None:
            self._say("date", f"{field}:{value}")
            return None
        # `before:` a month means before its start, `after:` a month means after its end.
        return Changed(until=dates[0]) if field == "before" else Changed(since=dates[1])

    def _without_loose_or(self, entries: list[Entry]) -> list[Entry]:
        kept: list[Entry] = []
        for index, entry in enumerate(entries):
            before = kept[-1] if kept else None
            after = entries[index + 1] if index + 1 < len(entries) else None
            if entry is None and not (_may_alternate(before) and _may_alternate(after)):
                self._say("or", "OR")
                continue
            kept.append(entry)
        return kept


def _may_alternate(entry: Entry) -> bool:
    return entry is not None and not entry[1]


def _groups(entries: list[Entry]) -> list[list[tuple[Item, bool]]]:
    """Group the entries: those joined by OR are in one group."""
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
