"""Turns what a program sends into the content of a page."""

from collections.abc import Mapping
from typing import Any

from wiki.api.pages.schemas import NewPage, PageChange
from wiki.kinds.builtin import STATUSES, shared_fields
from wiki.kinds.current import all_kinds, kind_of
from wiki.kinds.kind import KindField
from wiki.kinds.values import ValueRefused, read_field
from wiki.pages.editing.kind_fields import fits_front_matter, refusal
from wiki.pages.writing.content import Content
from wiki.web.programs.problems import Problem

Fields = Mapping[str, Any]


def content_of_new(page: NewPage) -> Content:
    """The content of a new page. Raises `Problem` (422)."""
    _check_kind(page.kind)
    fields = _fields(page.kind, {}, page.fields, page.status)
    return _fitting(Content(page.title, page.text, page.kind, tuple(page.tags), fields), {})


def content_of_change(before: Content, change: PageChange) -> Content:
    """`before` with the changes applied. Raises `Problem` (422)."""
    kind = before.kind if change.kind is None else change.kind
    if kind != before.kind:
        _check_kind(kind)
    fields = _fields(kind, before.fields, change.fields, change.status)
    tags = before.tags if change.tags is None else tuple(change.tags)
    title = before.title if change.title is None else change.title
    text = before.text if change.text is None else change.text
    return _fitting(Content(title, text, kind, tags, fields), before.fields)


def _check_kind(kind: str) -> None:
    known = [each.name for each in all_kinds().values() if not each.is_retired]
    if kind not in known:
        raise refused_part("kind", f"One of {', '.join(known)}.")


def _fields(kind: str, before: Fields, sent: Fields, status: str | None) -> dict[str, Any]:
    fields, known = dict(before), _known_fields(kind)
    if status is not None:
        if not kind_of(kind).has_status or status not in STATUSES:
            words = f"One of {', '.join(STATUSES)}, of a kind that has a status."
            raise refused_part("status", words)
        fields["status"] = status
    for name, value in sent.items():
        if value is None:
            fields.pop(name, None)
        elif name in known:
            fields[name] = _value(known[name], value, before.get(name))
        else:
            words = f"Pages of this kind have no such field, but {', '.join(known) or 'none'}."
            raise refused_part(f"fields.{name}", words)
    return fields


def _known_fields(kind: str) -> dict[str, KindField]:
    offered = kind_of(kind)
    return {field.name: field for field in (*offered.fields, *shared_fields(offered))}


def _value(field: KindField, value: str | list[str], stored: Any) -> str | list[str]:
    try:
        return read_field(field, [value] if isinstance(value, str) else value, stored)
    except ValueRefused as error:
        raise refused_part(f"fields.{field.name}", str(refusal(error))) from error


def _fitting(content: Content, before: Fields) -> Content:
    if content.fields != before and not fits_front_matter(content):
        raise refused_part("fields", "The fields are too long together.")
    return content


def refused_part(where: str, message: str) -> Problem:
    """The problem (422) for an invalid part of a body; `where` names the part."""
    errors = [{"where": where, "message": message}]
    return Problem(422, "Invalid body", errors=errors, kind="body")
