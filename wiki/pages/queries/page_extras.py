"""What features above `pages` show on a page, in search, at its headings, and beside the editor.

On a page: columns that they add to its one statement. A feature registers a scalar subquery on the
page's columns, the same for all readers, and raises `Page.activity` in the transaction of whatever
changes its value, so that cached pages are renewed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from markupsafe import Markup
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from wiki.pages.models import Page


class HasExtras(Protocol):
    """A page as it is shown, with what was registered."""

    @property
    def path(self) -> str:
        """The page's path now."""

    @property
    def is_old(self) -> bool:
        """Whether an earlier revision is shown, with which extras have nothing to do."""

    @property
    def extras(self) -> Mapping[str, Any]:
        """The values of the columns that features registered, by their names."""


HeadingNotes = Callable[[HasExtras], Mapping[str, str]]

_HEADING_NOTES: list[HeadingNotes] = []
# What is shown beside the editor, for the kind, the title, and what is typed into the fields.
Advice = Callable[[str, str, Mapping[str, Sequence[str]]], Markup]

_ADVICE: list[Advice] = []
_COLUMNS: dict[str, Callable[[], ColumnElement[Any]]] = {}
_HIT_COUNTS: dict[str, Callable[[], ColumnElement[int]]] = {}


def register_column(name: str, make: Callable[[], ColumnElement[Any]]) -> None:
    """Let every page carry `extras[name]`; `make` gives the column, correlated with `Page`.

    To be called while modules are imported: the statement is composed once.
    """
    _COLUMNS[name] = make


def extra_columns() -> dict[str, ColumnElement[Any]]:
    """What features registered, as new columns of a query on `Page`, by name."""
    return {name: make() for name, make in _COLUMNS.items()}


def extra_names() -> Collection[str]:
    """Their names alone: what each page view asks for."""
    return _COLUMNS


def register_hit_count(name: str, make: Callable[[], ColumnElement[int]]) -> None:
    """Let every search result carry the number `counts[name]`, as `register_column` does a page."""
    _HIT_COUNTS[name] = make


def hit_counts() -> dict[str, ColumnElement[int]]:
    """The registered columns of search results by name."""
    return {name: make() for name, make in _HIT_COUNTS.items()}


def hit_names() -> Collection[str]:
    """The names of `hit_counts`, in the same order."""
    return _HIT_COUNTS


def register_heading_notes(make: HeadingNotes) -> None:
    """Let `make` give safe HTML that is at the end of headings, by their ids.

    It depends on the page and its extras alone: all readers get the same.
    """
    _HEADING_NOTES.append(make)


def heading_notes(page: HasExtras) -> Mapping[str, str]:
    """What is at the end of the page's headings, by their ids."""
    notes: dict[str, str] = {}
    for make in _HEADING_NOTES:
        for heading, html in make(page).items():
            notes[heading] = notes.get(heading, "") + html
    return notes


def register_advice(advise: Advice) -> None:
    """Let `advise` say something beside the editor with each preview; it must not raise."""
    _ADVICE.append(advise)


def advice(kind: str, title: str, typed: Mapping[str, Sequence[str]]) -> Markup:
    """What all features say beside the editor."""
    return Markup().join(advise(kind, title, typed) for advise in _ADVICE)


def raise_activity(session: Session, page_id: int) -> None:
    """Announce that something the page shows beside its revision has changed."""
    raised = {"activity": Page.activity + 1}
    session.execute(update(Page).where(Page.id == page_id).values(raised))
