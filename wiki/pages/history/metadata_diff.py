"""The diff of the metadata of two revisions: title, path, kind, tags and fields. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wiki.i18n import lazy as _l
from wiki.kinds.builtin import status_label
from wiki.kinds.current import kind_of


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A changed property with its values before and after, empty if there is none.

    `name` is `title`, `path`, `kind`, `tags` or the name of a field, `label` the field’s label. For
    tags, only removed and added ones are given.
    """

    name: str
    before: Sequence[Any]
    after: Sequence[Any]
    label: Any = None


class HasMetadata(Protocol):
    """Something with the metadata of a page: a revision or a proposal."""

    @property
    def title(self) -> str:
        """The title at that revision."""

    @property
    def path(self) -> str:
        """The path of the page at that revision."""

    @property
    def kind(self) -> str:
        """The name of the page's kind."""

    @property
    def tags(self) -> Sequence[str]:
        """The tags as they were written, in order."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The other fields of the front matter, by name."""


def metadata_changes(older: HasMetadata, newer: HasMetadata) -> list[MetadataChange]:
    """The changes from `older` to `newer`, in the order in which a page shows them."""
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


def _field(older: HasMetadata, newer: HasMetadata, name: str) -> MetadataChange:
    before, after = (_values(side.fields.get(name)) for side in (older, newer))
    sides = [kind_of(side.kind) for side in (newer, older)]
    if name != "status" or not any(kind.has_status for kind in sides):
        field = sides[0].field(name) or sides[1].field(name)
        return MetadataChange(name, before, after, label=field.label if field else None)
    was, is_ = ([*map(status_label, side)] for side in (before, after))
    return MetadataChange(name, was, is_, label=_l("Status"))


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
