"""Marks of open threads on a page: how many there are, and at which headings."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import ColumnElement, String, cast, func, literal_column, select

from wiki.community.discussion.models import Thread
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import HasExtras, register_column, register_heading_notes

COLUMN = "open_threads"
_UNIT, _RECORD = "\x1f", "\x1e"


def mark_pages() -> None:
    """Register the marks; to be called at import time."""
    register_column(COLUMN, _open_threads)
    register_heading_notes(_heading_notes)


def _open_threads() -> ColumnElement[str]:
    """A column with each heading that has open threads, and their number, as one string."""
    # A literal: with a parameter, SQLite would plan the statement again at each run.
    is_open = (Thread.resolved_at.is_(None), Thread.comment_count > literal_column("0"))
    by_heading = (
        select(Thread.heading, cast(func.count(), String).label("count"))
        .where(Thread.page_id == Page.id, *is_open)
        .group_by(Thread.heading)
        .correlate(Page)
        .subquery()
    )
    both = by_heading.c.heading + _UNIT + by_heading.c.count
    return select(func.aggregate_strings(both, _RECORD)).scalar_subquery()


def open_threads(page: Any) -> int:
    """How many threads of a page are open; 0 if the page was loaded without its extras."""
    return sum(_counts(getattr(page, "extras", {}).get(COLUMN)).values())


def _counts(stored: str | None) -> dict[str, int]:
    parts = (each.partition(_UNIT) for each in stored.split(_RECORD)) if stored else ()
    return {heading: int(count) for heading, _, count in parts}


def _heading_notes(page: HasExtras) -> Mapping[str, str]:
    """By heading id: the HTML of a link to the heading's open threads."""
    if page.is_old:
        return {}
    talk = url_for("discussion.talk", path=page.path)
    return {
        heading: _link(f"{talk}?heading={quote(heading, safe='')}", count)
        for heading, count in _counts(page.extras.get(COLUMN)).items()
        if heading
    }


def _link(address: str, count: int) -> str:
    words = ngettext("%(num)s open discussion", "%(num)s open discussions", count)
    return (
        f'<a class="heading-talk" href="{escape(address)}" rel="nofollow"'
        f' aria-label="{escape(words)}">{count}</a>'
    )
