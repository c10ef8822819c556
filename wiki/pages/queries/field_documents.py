"""What search indexes of the fields of a page’s kind: their text, and labels for filters."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from wiki.kinds.current import kind_of
from wiki.kinds.kind import FieldType
from wiki.kinds.values import MAX_VERSION, card_of, values_of
from wiki.search.documents import field_label

# Values of these types are also labels as a whole; paragraphs are only text.
_LABELLED = frozenset(
    {
        *(FieldType.TEXT, FieldType.CHOICE, FieldType.DATE),
        *(FieldType.NUMBER, FieldType.LINK, FieldType.VERSION),
    }
)


# The names in this wiki, Obsidian, Hugo and Docusaurus.
_NAME_FIELDS = ("aliases", "alias", "also_called")
_SUMMARY_FIELDS = ("summary", "description")
MAX_NAMES = 20  # of one page
MAX_SUMMARY = 1_000  # characters


class IndexedFields(NamedTuple):
    """The fields of a page: `texts` are indexed as part of its text, `choices` as labels for
    facets.
    """

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def indexed_fields(kind: str, fields: Mapping[str, Any]) -> IndexedFields:
    """What the index stores of a page’s fields, for the fields of its kind."""
    texts, labels, choices = list[str](), list[str](), list[str]()
    for field, values in card_of(kind_of(kind), fields):
        for value in values:
            texts.append(value)
            if field.type in _LABELLED:
                labels += [field_label(field.name, each) for each in _spellings(field.type, value)]
            if field.type is FieldType.CHOICE:
                choices.append(field_label(field.name, value))
    return IndexedFields(tuple(texts), tuple(labels), tuple(choices))


def other_names(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Alternative names of a page from its front matter; names with a slash are former paths."""
    names = [
        name
        for field in _NAME_FIELDS
        for value in values_of(fields.get(field))
        for part in re.split(r"[,\n]", value)
        if (name := " ".join(part.split()))
    ]
    return tuple(dict.fromkeys(names))[:MAX_NAMES]


def summary_of(fields: Mapping[str, Any]) -> str:
    """The summary of a page from its front matter."""
    texts = (" ".join(values_of(fields.get(name))) for name in _SUMMARY_FIELDS)
    return "\n".join(dict.fromkeys(filter(None, texts)))[:MAX_SUMMARY]


def field_sections(kind: str, fields: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """`(id, heading, text)` of each field, for snippets; ids are empty, since fields have no
    anchors.
    """
    if not fields:
        return []
    card = card_of(kind_of(kind), fields)
    summary = [("", "", text)] if (text := summary_of(fields)) else []
    return summary + [("", str(field.label), ", ".join(values)) for field, values in card]


def _spellings(type_: FieldType, value: str) -> list[str]:
    """`Django 5.2.1` is also found as 5.2 and 5, with its name and without."""
    # An import may bring values of any length, which the spellings would multiply.
    if type_ is not FieldType.VERSION or len(value) > MAX_VERSION:
        return [value]
    name, _space, number = value.rpartition(" ")
    parts = number.split(".")
    numbers = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [value, *numbers, *(f"{name} {each}" for each in numbers if name)]
