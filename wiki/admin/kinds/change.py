"""Adding, changing and retiring kinds of page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.rulebook import raise_access_version
from wiki.accounts.audit_log import log_event, register_actions
from wiki.database import utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.kinds.builtin import BUILTIN_KINDS
from wiki.kinds.current import field_from
from wiki.kinds.kind import REPEATABLE, FieldType, KindField
from wiki.kinds.models import (
    DESCRIPTION_LIMIT,
    FOLDER_LIMIT,
    KIND_NAME_LIMIT,
    LABEL_LIMIT,
    OUTLINE_LIMIT,
    PageKind,
)
from wiki.letters import with_line_feeds
from wiki.naming import NameRefused, clean_path, is_hidden, path_key, slug_of
from wiki.pages.models import Page
from wiki.search.outbox import announce_pages

MAX_KINDS = 50
MAX_FIELDS = 20  # per kind
MAX_CHOICES = 50  # per field
HINT_LIMIT = 200  # characters

_NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{KIND_NAME_LIMIT - 1}}}", re.ASCII)
RESERVED_KINDS = frozenset({"new"})  # this path belongs to another page
# These have another meaning in front matter, here or in other programs.
RESERVED_FIELDS = frozenset(
    {
        *("aliases", "id", "kind", "path", "permalink", "redirect_from", "slug", "status"),
        *("obsolete", "summary", "tags", "text", "title", "url"),
    }
)

register_actions(
    {
        "kind-added": _l("Kind of page added"),
        "kind-changed": _l("Kind of page changed"),
        "kind-retired": _l("Kind of page retired"),
        "kind-restored": _l("Kind of page brought back"),
    }
)


class KindNotFound(LookupError):
    """No administrator has added such a kind."""


class KindConflict(Exception):
    """Somebody else changed the kind since the form was opened; nothing is stored."""


class KindRefused(ValueError):
    """An invalid kind. `problems` maps names of form fields to reasons.

    The reasons are `empty`, `too-long`, `hidden`, `taken`, `reserved`, `name`, `no-choices`,
    `too-many-choices`, `too-many-fields`, `too-many-kinds`; for a folder also `path`, `dots`,
    `empty-segment`. The form fields of the kind’s third field are called `fields-2-label` and so
    on.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class KindDraft:
    """A kind as it was typed; without a name, one is derived from the label."""

    label: str
    plural: str
    name: str = ""
    description: str = ""
    folder: str = ""
    outline: str = ""
    has_status: bool = False
    fields: tuple[KindField, ...] = ()


def own_kind(session: Session, name: str, *, for_update: bool = False) -> PageKind:
    """The kind that an administrator added under this name. Raises `KindNotFound`."""
    query = select(PageKind).where(PageKind.name == name)
    query = query.execution_options(populate_existing=True)
    found: PageKind | None = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise KindNotFound(name)
    return found


def draft_of(row: PageKind) -> KindDraft:
    """A stored kind as the form shows it."""
    columns = ("label", "plural", "name", "description", "folder", "outline", "has_status")
    values = {column: getattr(row, column) for column in columns}
    return KindDraft(**values, fields=tuple(map(field_from, row.fields)))


def add_kind(wanted: KindDraft, *, by: int | None) -> str:
    """Add a kind; returns its name. Raises `KindRefused`, `StorageUnavailable`."""
    with write_transaction() as session:
        raise_access_version(session)  # first, since its row serves as a lock
        others = list(session.scalars(select(PageKind)))
        kind = _checked(wanted, others)
        if len(others) >= MAX_KINDS:
            raise KindRefused({"label": "too-many-kinds"})
        session.add(PageKind(**_columns(kind), name=kind.name, changed_by_id=by))
        log_event(session, "kind-added", by=by, subject=kind.name)
        return kind.name


def change_kind(name: str, wanted: KindDraft, *, since: int, by: int | None) -> None:
    """Change a kind. Its name stays, and so do its pages and their fields.

    Raises `KindNotFound`, `KindConflict` if it isn’t at version `since`, `KindRefused`,
    `StorageUnavailable`.
    """
    with write_transaction() as session:
        raise_access_version(session)
        row = own_kind(session, name, for_update=True)
        if row.version != since:
            raise KindConflict
        others = list(session.scalars(select(PageKind).where(PageKind.id != row.id)))
        columns = _columns(_checked(replace(wanted, name=name), others))
        if _indexed(columns["fields"]) != _indexed(row.fields):
            _index_again(session, name)
        for column, value in columns.items():
            setattr(row, column, value)
        _mark(row, by)
        log_event(session, "kind-changed", by=by, subject=name)


def retire_kind(name: str, *, is_retired: bool, by: int | None) -> None:
    """Stop offering a kind for new pages, or offer it again. Its pages don’t change.

    Raises `KindNotFound`, `StorageUnavailable`.
    """
    with write_transaction() as session:
        raise_access_version(session)
        row = own_kind(session, name, for_update=True)
        if (row.retired_at is not None) == is_retired:
            return
        row.retired_at = utcnow() if is_retired else None
        _mark(row, by)
        log_event(session, "kind-retired" if is_retired else "kind-restored", by=by, subject=name)


def _mark(row: PageKind, by: int | None) -> None:
    row.version += 1
    row.changed_at, row.changed_by_id = utcnow(), by


def _index_again(session: Session, name: str) -> None:
    """Reindex the kind’s pages, since the index holds their fields."""
    its_pages = select(Page.id).where(Page.kind == name, Page.deleted_at.is_(None))
    announce_pages(session, its_pages.order_by(Page.id), "visibility")


def _indexed(fields: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((field["name"], field["type"]) for field in fields)


def _columns(kind: KindDraft) -> dict[str, Any]:
    fields = [
        {
            "name": field.name,
            "label": str(field.label),
            "type": field.type.value,
            "is_many": field.is_many,
            "choices": list(field.choices),
            "hint": str(field.hint),
        }
        for field in kind.fields
    ]
    columns = ("label", "plural", "description", "folder", "outline", "has_status")
    return {**{column: getattr(kind, column) for column in columns}, "fields": fields}


def _checked(wanted: KindDraft, others: Iterable[PageKind]) -> KindDraft:
    """`wanted` in the form in which it is stored. Raises `KindRefused`."""
    problems: dict[str, str] = {}
    limits = {"label": LABEL_LIMIT, "plural": LABEL_LIMIT, "description": DESCRIPTION_LIMIT}
    lines = {name: _line(getattr(wanted, name), name, limits[name], problems) for name in limits}
    lines["plural"] = lines["plural"] or lines["label"]
    if not lines["label"]:
        problems["label"] = "empty"
    kind = replace(
        wanted,
        label=lines["label"],
        plural=lines["plural"],
        description=lines["description"],
        name=_name_of(wanted.name, lines["label"], problems),
        folder=_folder(wanted.folder, problems),
        outline=with_line_feeds(wanted.outline).strip("\n"),
    )
    if len(kind.outline) > OUTLINE_LIMIT:
        problems["outline"] = "too-long"
    elif "\x00" in kind.outline:
        problems["outline"] = "hidden"
    _check_taken(kind, list(others), problems)
    kind = replace(kind, fields=_fields(kind.fields, problems))
    if problems:
        raise KindRefused(problems)
    return kind


def _line(text: str, name: str, limit: int, problems: dict[str, str]) -> str:
    line = " ".join(text.split())
    if len(line) > limit:
        problems[name] = "too-long"
    elif any(is_hidden(c) and c not in "\u200c\u200d" for c in line):
        problems[name] = "hidden"
    return line


def _name_of(name: str, label: str, problems: dict[str, str], place: str = "") -> str:
    """A name that is valid in front matter, addresses and searches."""
    made = name.strip() or slug_of(label)[:KIND_NAME_LIMIT].strip("-")
    if label and not _NAME.fullmatch(made):
        problems[f"{place}name"] = "name"
    return made


def _folder(folder: str, problems: dict[str, str]) -> str:
    if not folder.strip().strip("/"):
        return ""
    try:
        path = clean_path(folder.strip().strip("/"))
    except NameRefused as refused:
        problems["folder"] = "path" if refused.reason == "character" else refused.reason
        return folder
    if len(path) > FOLDER_LIMIT:
        problems["folder"] = "too-long"
    return path


def _check_taken(kind: KindDraft, others: list[PageKind], problems: dict[str, str]) -> None:
    """Refuse a name or label that another kind has, or that looks the same."""
    if kind.name in RESERVED_KINDS:
        problems.setdefault("name", "reserved")
    if kind.name in BUILTIN_KINDS or kind.name in {other.name for other in others}:
        problems.setdefault("name", "taken")
    pairs = [(each.label, each.plural) for each in BUILTIN_KINDS.values()]
    pairs += [(each.label, each.plural) for each in others]
    words = {path_key(str(word)) for pair in pairs for word in pair}
    for name in ("label", "plural"):
        if path_key(getattr(kind, name)) in words:
            problems.setdefault(name, "taken")


def _fields(fields: tuple[KindField, ...], problems: dict[str, str]) -> tuple[KindField, ...]:
    if len(fields) > MAX_FIELDS:
        problems["label"] = "too-many-fields"
        return fields
    checked: list[KindField] = []
    for number, field in enumerate(fields):
        place = f"fields-{number}-"
        made = _field(field, place, problems)
        if made.name in RESERVED_FIELDS:
            problems[f"{place}name"] = "reserved"
        elif made.name in {other.name for other in checked}:
            problems[f"{place}name"] = "taken"
        checked.append(made)
    return tuple(checked)


def _field(field: KindField, place: str, problems: dict[str, str]) -> KindField:
    label = _line(str(field.label), f"{place}label", LABEL_LIMIT, problems)
    hint = _line(str(field.hint), f"{place}hint", HINT_LIMIT, problems)
    if not label:
        problems[f"{place}label"] = "empty"
    choices: tuple[str, ...] = ()
    if field.type is FieldType.CHOICE:
        at = f"{place}choices"
        lines = (_line(each, at, LABEL_LIMIT, problems) for each in field.choices)
        choices = tuple(dict.fromkeys(filter(None, lines)))
        if not choices:
            problems[at] = "no-choices"
        elif len(choices) > MAX_CHOICES:
            problems[at] = "too-many-choices"
    is_many = field.is_many and field.type in REPEATABLE
    name = _name_of(field.name, label, problems, place)
    return KindField(name, label, field.type, is_many, choices, hint)
