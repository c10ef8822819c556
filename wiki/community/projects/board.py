"""The list of projects that look for people, as far as a viewer may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db
from wiki.kinds.builtin import PROJECT, WANTED
from wiki.kinds.current import kind_of
from wiki.kinds.values import values_of
from wiki.pages.models import Page, Revision
from wiki.pages.presentation.withheld_links import is_withheld
from wiki.pages.queries.withheld_links import read_withheld, withheld_hashes


@dataclass(frozen=True, slots=True)
class RecruitingProject:
    """A project that looks for people; `updated_at` is in UTC, `chat` a URL or empty."""

    path: str
    title: str
    summary: str
    updated_at: datetime
    wanted: Sequence[str]
    chat: str
    is_chat_held: bool  # the link is withheld, since its author is new


def wanted_choices() -> tuple[str, ...]:
    """The roles that a project may look for."""
    field = kind_of(PROJECT).field(WANTED)
    return field.choices if field else ()


def count_projects(viewer: Viewer, whom: str = "") -> int:
    """How many projects look for people; with `whom`, for that role."""
    query = select(func.count()).select_from(Page).join(Revision, _is_current())
    return db.session.scalar(query.where(*_conditions(viewer, whom))) or 0


def list_projects(
    viewer: Viewer, whom: str = "", *, offset: int, limit: int
) -> list[RecruitingProject]:
    """The projects, most recently changed first; with `whom`, those that look for that role."""
    columns = (Page.path, Page.title, Page.summary, Page.updated_at, Revision.fields)
    query = (
        select(*columns, withheld_hashes().label("held"))
        .join(Revision, _is_current())
        .where(*_conditions(viewer, whom))
        .order_by(Page.updated_at.desc(), Page.id.desc())
    )
    rows = db.session.execute(query.offset(offset).limit(limit))
    return [_project(row) for row in rows]


def _project(row: Any) -> RecruitingProject:
    chat = next(iter(values_of(row.fields.get("chat"))), "")
    return RecruitingProject(
        path=row.path,
        title=row.title,
        summary=row.summary,
        updated_at=row.updated_at,
        wanted=values_of(row.fields.get(WANTED)),
        chat=chat,
        is_chat_held=is_withheld(chat, read_withheld(row.held)),
    )


def _is_current() -> ColumnElement[bool]:
    return (Revision.page_id == Page.id) & (Revision.number == Page.revision_count)


def _conditions(viewer: Viewer, whom: str) -> list[ColumnElement[bool]]:
    # A string or a JSON list; empty values are never stored.
    wanted = Revision.fields[WANTED].as_string()
    found = [visible_to(viewer, Page), Page.kind == PROJECT, wanted.is_not(None)]
    if whom:
        listed = wanted.contains(f'"{whom}"', autoescape=True)
        found.append(listed | (wanted == whom))
    return found
