"""The kinds of this wiki: builtin ones, and those that administrators added.

They are cached until the version of rules and settings rises, which every request checks.
"""

import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import has_app_context, has_request_context
from sqlalchemy import select

from wiki.app_state import AppState
from wiki.database import db
from wiki.hub_settings.current import access_version, is_database_away
from wiki.i18n import lazy as _l
from wiki.kinds.builtin import BUILTIN_KINDS, DEFAULT_KIND
from wiki.kinds.kind import FieldType, Kind, KindField
from wiki.kinds.models import PageKind

OUTLINES = Path(__file__).with_name("outlines")  # a Markdown file for each kind that has one
# Seconds for which commands and worker processes cache the kinds.
COMMAND_SECONDS = 1.0


class _KindsSnapshot(NamedTuple):
    """All kinds by name, in the order in which they are offered, at a version."""

    version: int
    by_name: Mapping[str, Kind]
    read_at: float


class _LatestKinds:
    """The kinds that were loaded last.

    Replaced as a whole, so it is thread-safe.
    """

    snapshot: _KindsSnapshot | None = None


_LATEST = AppState("kinds", _LatestKinds)


def _snapshot() -> _KindsSnapshot:
    if not has_app_context():  # for files that are checked without an application
        return _KindsSnapshot(0, BUILTIN_KINDS, 0.0)
    latest, now = _LATEST.current(), time.monotonic()
    known = latest.snapshot
    if known and not has_request_context() and now - known.read_at < COMMAND_SECONDS:
        return known
    if is_database_away():
        return known or _KindsSnapshot(0, BUILTIN_KINDS, 0.0)
    version = access_version()
    if known is None or known.version != version:
        known = latest.snapshot = _KindsSnapshot(version, _read_kinds(), now)
    elif not has_request_context():
        latest.snapshot = known._replace(read_at=now)
    return known


def _read_kinds() -> Mapping[str, Kind]:
    table = PageKind.__table__
    rows = db.session.connection().execute(select(table).order_by(table.c.id))
    known = {**BUILTIN_KINDS, **{row.name: _kind(row) for row in rows}}
    known[DEFAULT_KIND] = known.pop(DEFAULT_KIND)  # "everything else" comes last
    return MappingProxyType(known)


def _kind(row: Any) -> Kind:
    return Kind(
        name=row.name,
        label=row.label,
        plural=row.plural,
        description=row.description,
        folder=row.folder,
        has_status=row.has_status,
        fields=tuple(map(field_from, row.fields)),
        outline=row.outline,
        is_own=True,
        is_retired=row.retired_at is not None,
    )


def field_from(stored: Mapping[str, Any]) -> KindField:
    """A field from its JSON. Raises `KeyError` or `ValueError` if it is invalid."""
    return KindField(
        name=stored["name"],
        label=stored["label"],
        type=FieldType(stored["type"]),
        is_many=bool(stored.get("is_many")),
        choices=tuple(stored.get("choices", ())),
        hint=stored.get("hint", ""),
    )


def all_kinds() -> Mapping[str, Kind]:
    """Every kind by name, retired ones included, in the order in which they are offered."""
    return _snapshot().by_name


def offered_kinds() -> list[Kind]:
    """The kinds that the editor offers for new pages, without retired ones."""
    return [kind for kind in all_kinds().values() if not kind.is_retired]


def kinds_version() -> int:
    """A number that changes whenever any kind changes."""
    return _snapshot().version


def kind_of(name: str) -> Kind:
    """The kind with this name; the default kind for an unknown name, which an import may bring."""
    known = all_kinds()
    return known.get(name) or known[DEFAULT_KIND]


def scaffold(kind: str, title: str) -> str:
    """The Markdown with which a new page of `kind` begins; mentions of the title become `title`.

    Guidance is in HTML comments, which readers never see if a writer leaves them in.
    """
    known = kind_of(kind)
    outline = known.outline if known.is_own else str(_l(_outline(known.name)))
    return outline.replace("{title}", title or str(known.label))


@cache
def _outline(name: str) -> str:
    file = OUTLINES / f"{name}.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""
