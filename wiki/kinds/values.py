"""Values of fields: as they are entered, stored and shown. Pure.

A stored value is a text, or a list of texts for several values, as in front matter. Values from
imports, or from before a kind had the field, may be anything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from wiki.kinds.kind import FieldType, Kind, KindField
from wiki.letters import with_line_feeds
from wiki.naming import is_hidden

MAX_LINE = 300  # characters of a one-line value
MAX_PARAGRAPHS = 6_000  # characters of a value with paragraphs
MAX_LINK = 1_000  # characters
MAX_VERSION = 60  # characters
MAX_VALUES = 30  # values of one field of a page
_JOINERS = "\u200c\u200d"  # needed in words of some scripts
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PARAGRAPHS = frozenset({FieldType.LONG, FieldType.CODE})


class ValueRefused(ValueError):
    """An invalid value.

    `reason`: `too-long`, `too-many`, `hidden`, `date`, `number`, `link`, `version` or `choice`.
    """

    def __init__(self, reason: str, limit: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.limit = limit


class FieldValues(NamedTuple):
    """A field of a page with its values, for the card."""

    field: KindField
    values: tuple[str, ...]


def values_of(stored: Any) -> list[str]:
    """The values in a stored value, without empty ones."""
    if stored is None:
        return []
    parts = stored if isinstance(stored, list | tuple) else [stored]
    return [text for part in parts if (text := str(part)).strip()]


def card_of(kind: Kind, fields: Mapping[str, Any]) -> list[FieldValues]:
    """The fields of `kind` that are filled in on a page."""
    found = ((field, tuple(values_of(fields.get(field.name)))) for field in kind.fields)
    return [FieldValues(field, values) for field, values in found if values]


def as_typed(field: KindField, stored: Any) -> list[str]:
    """How the editor shows a stored value: a text for each control."""
    values = values_of(stored)
    if field.type is FieldType.CHOICE:
        return values
    return [_separator(field).join(values)] if values else []


def read_typed(field: KindField, typed: Sequence[str]) -> str | list[str]:
    """The value to store for what was typed; empty for nothing. Raises `ValueRefused`."""
    if field.type in _PARAGRAPHS:
        return _paragraphs("\n".join(typed))
    values = list(dict.fromkeys(_check(field, part) for part in _parts(field, typed)))
    most = MAX_VALUES if field.is_many else 1
    if len(values) > most:
        raise ValueRefused("too-many", most)
    return values if field.is_many else "".join(values)


def read_field(field: KindField, typed: Iterable[str], stored: Any) -> str | list[str]:
    """The value to store for what was typed.

    An unchanged value stays as `stored`, even if it is invalid. Raises `ValueRefused`.
    """
    typed, shown = normalized(typed), normalized(as_typed(field, stored))
    # Check boxes are sent once each, in the order of the choices; API clients send separate values.
    is_same = typed in (shown, normalized(values_of(stored)))
    if is_same or (field.type is FieldType.CHOICE and set(typed) == set(shown)):
        return stored if isinstance(stored, str | list) else "\n".join(values_of(stored))
    return read_typed(field, typed)


def normalized(texts: Iterable[str]) -> list[str]:
    """Texts with normalized line ends, without empty ones."""
    return [unified for text in texts if (unified := with_line_feeds(text))]


def link_target(value: str) -> str | None:
    """`value` if it is a URL that may be linked, else `None`."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if parts.scheme.lower() not in LINK_SCHEMES or any(c.isspace() or is_hidden(c) for c in value):
        return None
    is_whole = "@" in parts.path if parts.scheme.lower() == "mailto" else bool(parts.hostname)
    return value if is_whole else None


def date_in(value: str) -> date | None:
    """The date in `YYYY-MM-DD` form, or `None`."""
    try:
        return date.fromisoformat(value) if _ISO_DATE.fullmatch(value) else None
    except ValueError:
        return None


def _separator(field: KindField) -> str:
    return ", " if field.type is FieldType.VERSION else "\n"


def _parts(field: KindField, typed: Iterable[str]) -> list[str]:
    """The separate values in what was typed, each on one line."""
    parts = list(typed)
    if field.type is not FieldType.CHOICE:
        sign = "[,\n]" if field.type is FieldType.VERSION and field.is_many else "\n"
        parts = [part for text in parts for part in re.split(sign, text)]
    lines = (" ".join(part.split()) for part in parts)
    return [line for line in lines if line]


def _paragraphs(text: str) -> str:
    text = with_line_feeds(text).strip("\n").rstrip()
    if len(text) > MAX_PARAGRAPHS:
        raise ValueRefused("too-long", MAX_PARAGRAPHS)
    return text if text.strip() else ""


def _check(field: KindField, value: str) -> str:
    limits = {FieldType.LINK: MAX_LINK, FieldType.VERSION: MAX_VERSION}
    limit = limits.get(field.type, MAX_LINE)
    if len(value) > limit:
        raise ValueRefused("too-long", limit)
    match field.type:
        case FieldType.CHOICE if value not in field.choices:
            raise ValueRefused("choice")
        case FieldType.DATE if date_in(value) is None:
            raise ValueRefused("date")
        case FieldType.NUMBER if not NUMBER.fullmatch(value):
            raise ValueRefused("number")
        case FieldType.LINK if link_target(value) is None:
            raise ValueRefused("link")
        case FieldType.VERSION if not any(map(str.isdigit, value)):
            raise ValueRefused("version")
    if any(is_hidden(c) and c not in _JOINERS for c in value):
        raise ValueRefused("hidden")
    return value
