"""How two revisions differ apart from their texts: title, path, kind, tags, fields. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wiki.pages.kinds import kind_of


class RevisionMetadata(Protocol):
    """What a revision records beside its text."""

    @property
    def title(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """Something that changed, with its values before and after; empty where there is none.

    `name` is `title`, `path`, `kind`, `tags` or a field's name, `label` what a kind calls the
    field. Of tags, only those removed and added are given.
    """

    name: str
    before: Sequence[Any]
    after: Sequence[Any]
    label: Any = None


def metadata_changes(older: RevisionMetadata, newer: RevisionMetadata) -> list[MetadataChange]:
    """The differences, in the order in which a page shows them."""
    rows = (
        MetadataChange("title", [older.title], [newer.title]),
        MetadataChange("path", [older.path], [newer.path]),
        MetadataChange("kind", [kind_of(older.kind).label], [kind_of(newer.kind).label]),
        MetadataChange("tags", _without(older.tags, newer.tags), _without(newer.tags, older.tags)),
        *(_field(older, newer, name) for name in dict.fromkeys((*older.fields, *newer.fields))),
    )
    return [row for row in rows if row.before != row.after]


def _without(tags: Sequence[str], others: Sequence[str]) -> list[str]:
    return [tag for tag in tags if tag not in others]


def _field(older: RevisionMetadata, newer: RevisionMetadata, name: str) -> MetadataChange:
    known = kind_of(newer.kind).field(name) or kind_of(older.kind).field(name)
    before, after = (_values(side.fields.get(name)) for side in (older, newer))
    if known is None:
        return MetadataChange(name, before, after)
    was, is_ = ([known.choices.get(value, value) for value in side] for side in (before, after))
    return MetadataChange(name, was, is_, label=known.label)


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
