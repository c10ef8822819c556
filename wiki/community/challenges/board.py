"""The board of open challenges that a viewer may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.challenges.votes import count_same
from wiki.database import db, utcnow
from wiki.kinds.builtin import CHALLENGE
from wiki.pages.models import Page, Revision, Tag
from wiki.pages.queries.page_lists import has_tag

SORTS = ("newest", "oldest", "demand", "quiet")
AGES = {"week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}
OLDER = "older"  # than the longest of `AGES`
MOST_TAGS = 16  # the most frequent tags, which the filter offers

_UNIT, _RECORD = "\x1f", "\x1e"  # no tag can contain them


@dataclass(frozen=True, slots=True)
class OpenChallenge:
    """A challenge on the board; `same` counts the people who have it, without its author."""

    path: str
    title: str
    summary: str
    asked_at: datetime
    asked_by: str | None
    updated_at: datetime
    same: int
    tags: Sequence[tuple[str, str]]  # name, key


@dataclass(frozen=True, slots=True)
class BoardTag:
    """A tag, and how many open challenges have it."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which challenges to show, and how: a tag's key, one of `AGES` or `OLDER`, one of `SORTS`."""

    tag: str = ""
    age: str = ""
    sort: str = SORTS[0]

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """Conditions on `Page` that all have to hold; `now` is in UTC."""
        found: list[ColumnElement[bool]] = [has_tag(self.tag)] if self.tag else []
        if self.age in AGES:
            found.append(Page.created_at >= now - AGES[self.age])
        elif self.age == OLDER:
            found.append(Page.created_at < now - max(AGES.values()))
        return found


def count_open(viewer: Viewer, shown: BoardFilter) -> int:
    """How many open challenges match the filter."""
    query = select(func.count()).select_from(Page).where(*_open(viewer))
    return db.session.scalar(query.where(*shown.conditions(utcnow()))) or 0


def open_challenges(
    viewer: Viewer, shown: BoardFilter, *, offset: int, limit: int
) -> list[OpenChallenge]:
    """The open challenges that match the filter, `limit` of them from `offset` on."""
    same = count_same().label("same")
    tagged = select(func.aggregate_strings(Tag.name + _UNIT + Tag.key, _RECORD))
    query: Select[*tuple[Any, ...]] = (
        select(
            Page.path,
            Page.title,
            Page.summary,
            Page.created_at,
            User.username,
            Page.updated_at,
            same,
            tagged.where(Tag.page_id == Page.id).correlate(Page).scalar_subquery(),
        )
        .join(Revision, (Revision.page_id == Page.id) & (Revision.number == 1))
        .outerjoin(User, User.id == Revision.author_id)
        .where(*_open(viewer), *shown.conditions(utcnow()))
    )
    order: dict[str, tuple[Any, ...]] = {
        "newest": (Page.created_at.desc(), Page.id.desc()),
        "oldest": (Page.created_at, Page.id),
        "demand": (same.desc(), Page.created_at, Page.id),
        "quiet": (Page.updated_at, Page.id),
    }
    rows = db.session.execute(query.order_by(*order[shown.sort]).offset(offset).limit(limit))
    return [
        OpenChallenge(path, title, summary, asked_at, asked_by, updated_at, count, _tags(tags))
        for path, title, summary, asked_at, asked_by, updated_at, count, tags in rows
    ]


def board_tags(viewer: Viewer, chosen: str = "") -> list[BoardTag]:
    """The most frequent tags of open challenges; `chosen` (a key) is kept even if it is rarer."""
    count = func.count()
    query = (
        select(Tag.key, func.min(Tag.name).label("name"), count.label("pages"))
        .join(Page, Page.id == Tag.page_id)
        .where(*_open(viewer))
        .group_by(Tag.key)
        .order_by(count.desc(), Tag.key)
    )
    found = [BoardTag(row.key, row.name, row.pages) for row in db.session.execute(query)]
    return found[:MOST_TAGS] + [tag for tag in found[MOST_TAGS:] if tag.key == chosen]


def _open(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return visible_to(viewer, Page), Page.kind == CHALLENGE, Page.status == "open"


def _tags(text: str | None) -> list[tuple[str, str]]:
    parts = [each.partition(_UNIT) for each in text.split(_RECORD)] if text else []
    return sorted(((name, key) for name, _, key in parts), key=lambda tag: tag[1])
