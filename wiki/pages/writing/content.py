"""The versioned content of a page: text, title, kind, tags and fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wiki.kinds.builtin import DEFAULT_KIND, DEFAULT_STATUS
from wiki.kinds.current import all_kinds, kind_of
from wiki.letters import normalize
from wiki.naming import NameRefused, clean_title, is_hidden, path_key
from wiki.pages.merging.merge import MergeResult, merge_texts
from wiki.pages.writing.text_store import clean_text, storable

MAX_TAG_LENGTH = 50  # characters
MAX_TAGS = 20  # of a page
MAX_SUMMARY_LENGTH = 300  # characters


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one revision of a page."""

    title: str
    text: str
    kind: str = DEFAULT_KIND
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def clean_content(content: Content) -> Content:
    """`content` normalized for storage. Raises `NameRefused` (title or tag), `TextTooLong`."""
    kind = content.kind if content.kind in all_kinds() else DEFAULT_KIND
    fields = {
        storable(name): _clean_value(value)
        for name, value in content.fields.items()
        if value not in ("", None, [])
    }
    if kind_of(kind).has_status:
        fields.setdefault("status", DEFAULT_STATUS)
    return replace(
        content,
        title=clean_title(content.title),
        text=clean_text(content.text),
        kind=kind,
        tags=clean_tags(content.tags),
        fields=fields,
    )


def _clean_value(value: Any) -> Any:
    """The value of a field, normalized for storage; lists are cleaned recursively."""
    if isinstance(value, str):
        return storable(value)
    return [_clean_value(part) for part in value] if isinstance(value, list | tuple) else value


def clean_tags(names: Iterable[str]) -> tuple[str, ...]:
    """Tags without duplicates, in the given order; commas separate them, as in the editor.

    Raises `NameRefused`: `tag-too-long`, `too-many-tags`, `tag-hidden`, or `tag-dots`, since
    browsers can’t request URLs that end in a segment of dots.
    """
    tags: dict[str, str] = {}
    for part in ",".join(names).split(","):
        tag = " ".join(normalize("NFC", part).replace("/", "-").split()).strip("# ")
        if not tag:
            continue
        if len(tag) > MAX_TAG_LENGTH:
            raise NameRefused("tag-too-long")
        if any(map(is_hidden, tag)):
            raise NameRefused("tag-hidden")
        if set(tag) == {"."}:
            raise NameRefused("tag-dots")
        tags.setdefault(path_key(tag), tag)
    if len(tags) > MAX_TAGS:
        raise NameRefused("too-many-tags")
    return tuple(tags.values())


def clean_summary(summary: str) -> str:
    """A summary on one line, truncated, without invisible characters."""
    visible = "".join(" " if is_hidden(c) else c for c in summary)
    return " ".join(visible.split())[:MAX_SUMMARY_LENGTH]


def merge_contents(base: Content, mine: Content, theirs: Content) -> tuple[Content, MergeResult]:
    """Three-way merge of contents; only the texts can conflict.

    Title, kind and each field are taken from the side that changed them; if both did, mine wins,
    since theirs stays in the history. Tags are merged as sets.
    """
    merge = merge_texts(base.text, mine.text, theirs.text)
    merged = Content(
        title=_pick(base.title, mine.title, theirs.title),
        text=merge.text,
        kind=_pick(base.kind, mine.kind, theirs.kind),
        tags=_merge_tags(base.tags, mine.tags, theirs.tags),
        fields={
            name: value
            for name in {**theirs.fields, **mine.fields}
            if (value := _pick(*(side.fields.get(name) for side in (base, mine, theirs))))
            is not None
        },
    )
    return merged, merge


def _pick(base: Any, mine: Any, theirs: Any) -> Any:
    return theirs if mine == base else mine


def _merge_tags(
    base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[str, ...]:
    """The tags of `base` that neither side removed, and those that either side added."""
    before, in_mine, in_theirs = ({path_key(tag) for tag in side} for side in (base, mine, theirs))
    merged: dict[str, str] = {}
    for tag in (*mine, *theirs):
        key = path_key(tag)
        if key not in before or key in in_mine & in_theirs:
            merged.setdefault(key, tag)
    return tuple(merged.values())
