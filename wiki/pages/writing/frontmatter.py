"""Front matter above a Markdown text: YAML, as in Jekyll, Hugo and Obsidian, or, as in Hugo, TOML
between `+++` lines and JSON.

YAML scalars stay strings as written (also `no`, `12:30` and `1e3`); unquoted `null` and `~` are
empty strings. Whatever can’t be parsed as front matter is text: no page is refused because of three
dashes.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any, Protocol

import yaml

from wiki.letters import with_line_feeds
from wiki.pages.writing.text_store import storable

MAX_HEADER_LENGTH = 16_000  # characters; a long header has 1,000
MAX_NESTING = 20  # levels; fields and lists need two
RESERVED_FIELDS = frozenset({"path", "title", "kind", "tags"})  # not available as fields of a page

_OPENING = re.compile(r"\ufeff?(?:(?P<mark>---|\+\+\+)[ \t]*\n|(?=\{[ \t]*\n))")
_CLOSING = {
    "---": re.compile(r"^---[ \t]*$\n?", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$\n?", re.MULTILINE),
}
_JSON_END = re.compile(r"^\}[ \t]*$\n?", re.MULTILINE)
_NULLS = frozenset({"~", "null", "Null", "NULL"})  # source: YAML 1.2.2, section 10.2.1.1
_LINE_ENDS = re.compile("[\n\x85\u2028\u2029]")


class FrontMatterProblem(StrEnum):
    """Why possible front matter, or a part of it, was not used."""

    TOO_LONG = "too-long"
    MALFORMED = "malformed"
    ALIASES = "aliases"
    NO_FIELDS = "no-fields"  # a text between two rules
    NESTED = "nested"  # nested fields are ignored, the others are used


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Fields in the order in which they are written, and the text below."""

    fields: dict[str, "str | list[str]"] = field(default_factory=dict)
    body: str = ""
    problem: FrontMatterProblem | None = None


class HasFrontMatter(Protocol):
    """The content of a page or a revision, as far as front matter describes it."""

    @property
    def title(self) -> str:
        """The page's title."""

    @property
    def kind(self) -> str:
        """The name of the page's kind."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags as they were written, in order."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The other fields by name, as YAML reads them."""


class FieldsTooLong(ValueError):
    """The fields are too long for `parse_front_matter` to read them back."""


def parse_front_matter(text: str) -> FrontMatter:
    r"""Split `text` into fields and body. Never raises; line ends become `\n`.

    An empty line between them belongs to neither.
    """
    text = with_line_feeds(text)
    opening = _OPENING.match(text)
    mark = opening and opening["mark"]
    closing = opening and (_CLOSING[mark] if mark else _JSON_END).search(text, opening.end())
    if not opening or not closing:
        return FrontMatter(body=text.removeprefix("\ufeff"))
    header = text[opening.end() : closing.start() if mark else closing.end()]
    if len(header) > MAX_HEADER_LENGTH:
        return FrontMatter(body=text, problem=FrontMatterProblem.TOO_LONG)
    try:
        fields, problem = _READERS[mark](header)
    except _HeaderRefused as refused:
        return FrontMatter(body=text, problem=refused.problem)
    # The YAML reader converts numbers and escapes with `int` and `chr`, which raise other errors.
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        if mark is None:  # a text that starts with a brace
            return FrontMatter(body=text.removeprefix("\ufeff"))
        return FrontMatter(body=text, problem=FrontMatterProblem.MALFORMED)
    return FrontMatter(fields, text[closing.end() :].removeprefix("\n"), problem)


def compose_front_matter(fields: Mapping[str, str | Sequence[str]], body: str) -> str:
    """`fields` as YAML above `body`; `parse_front_matter` reads both back unchanged.

    Without fields, just `body`, unless that would be read as front matter. Raises `FieldsTooLong`.
    """
    if not fields and parse_front_matter(body) == FrontMatter(body=body):
        return body
    values = {k: v if isinstance(v, str) else list(v) for k, v in fields.items()}
    header = yaml.dump(
        values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    if len(header) > MAX_HEADER_LENGTH:
        raise FieldsTooLong(len(header))
    return f"---\n{header if values else ''}---\n\n{body}"


def front_matter_of(page: HasFrontMatter, path: str = "") -> dict[str, str | list[str]]:
    """The fields that `compose_front_matter` writes above the text of `page`.

    `path` is added if it is given.
    """
    # Even an empty list: without it, the next import would keep the tags of the existing page.
    fields: dict[str, str | list[str]] = {
        "title": page.title,
        "kind": page.kind,
        "tags": list(page.tags),
    }
    if path:
        fields["path"] = path
    for key, value in page.fields.items():
        if key not in RESERVED_FIELDS:
            fields[key] = value if isinstance(value, (str, list)) else str(value)
    return fields


class _HeaderRefused(Exception):
    def __init__(self, problem: FrontMatterProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Loader(yaml.BaseLoader):
    """Refuses aliases, a few of which can expand to gigabytes, and deep nesting."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _HeaderRefused(FrontMatterProblem.ALIASES)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _HeaderRefused(FrontMatterProblem.MALFORMED)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _list(dumper: yaml.SafeDumper, values: list[str]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # Only double quotes preserve all line ends.
    style = '"' if _LINE_ENDS.search(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _string)


_Fields = dict[str, str | list[str]]


def _read_yaml(header: str) -> tuple[_Fields, FrontMatterProblem | None]:
    loader = _Loader(header)
    try:
        root = loader.get_single_node()
    finally:
        loader.dispose()
    if root is None:
        return {}, None
    if not isinstance(root, yaml.MappingNode):
        raise _HeaderRefused(FrontMatterProblem.NO_FIELDS)
    fields: _Fields = {}
    problem = None
    for key, node in root.value:
        value = _value(node)
        if value is None or not isinstance(key, yaml.ScalarNode):
            problem = FrontMatterProblem.NESTED
        else:
            fields[storable(key.value)] = value
    return fields, problem


def _value(node: yaml.Node) -> str | list[str] | None:
    if isinstance(node, yaml.ScalarNode):
        return "" if _is_null(node) else storable(node.value)
    if isinstance(node, yaml.SequenceNode) and all(
        isinstance(item, yaml.ScalarNode) for item in node.value
    ):
        return [storable(item.value) for item in node.value if not _is_null(item)]
    return None


def _is_null(node: yaml.ScalarNode) -> bool:
    """Whether a value is a YAML null; a quoted value never is."""
    return not node.style and node.value in _NULLS


def _read_toml(header: str) -> tuple[_Fields, FrontMatterProblem | None]:
    return _flat_fields(tomllib.loads(header))


def _read_json(header: str) -> tuple[_Fields, FrontMatterProblem | None]:
    return _flat_fields(json.loads(header))


def _flat_fields(values: Mapping[str, Any]) -> tuple[_Fields, FrontMatterProblem | None]:
    """The fields with values as YAML would write them, without nested ones, and the problem, if
    any.
    """
    fields: _Fields = {}
    problem = None
    for name, value in values.items():
        is_list = isinstance(value, list)
        if any(isinstance(each, dict | list) for each in (value if is_list else [value])):
            problem = FrontMatterProblem.NESTED
        elif value is not None:
            fields[storable(name)] = (
                [_to_text(each) for each in value if each is not None]
                if is_list
                else _to_text(value)
            )
    return fields, problem


def _to_text(value: object) -> str:
    # From TOML, written in its format; a datetime is also a date.
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else storable(str(value))


_READERS: dict[str | None, Callable[[str], tuple[_Fields, FrontMatterProblem | None]]] = {
    "---": _read_yaml,
    "+++": _read_toml,
    None: _read_json,
}
