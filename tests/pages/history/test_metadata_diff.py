"""What differs between two revisions beside their texts."""

from dataclasses import dataclass, field
from typing import Any

from wiki.pages.history.metadata_diff import MetadataChange, metadata_changes


@dataclass
class Revision:
    title: str = "Redis"
    path: str = "redis"
    kind: str = "challenge"
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


def test_what_stays_is_left_out() -> None:
    assert metadata_changes(Revision(tags=("a",)), Revision(tags=("a",))) == []


def test_changes_come_in_the_order_of_a_page() -> None:
    older = Revision(tags=("a", "b"), fields={"level": 1})
    newer = Revision(title="Valkey", path="valkey", tags=("b", "c"), fields={"level": [1, 2]})
    assert metadata_changes(older, newer) == [
        MetadataChange("title", ["Redis"], ["Valkey"]),
        MetadataChange("path", ["redis"], ["valkey"]),
        MetadataChange("tags", ["a"], ["c"]),
        MetadataChange("level", ["1"], ["1", "2"]),
    ]


def test_a_field_of_a_kind_is_called_as_the_kind_calls_it() -> None:
    (change,) = metadata_changes(Revision(), Revision(fields={"status": "solved"}))
    assert (str(change.label), list(map(str, change.before)), list(map(str, change.after))) == (
        "Status",
        [],
        ["Solved"],
    )


def test_the_order_of_tags_is_no_change() -> None:
    assert metadata_changes(Revision(tags=("a", "b")), Revision(tags=("b", "a"))) == []
