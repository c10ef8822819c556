"""What features above `pages` add to pages, search results, headings and the editor.

For a page they add columns to its statement: a feature registers a scalar subquery on the page’s
columns, which is the same for all readers, and raises `Page.activity` in the transaction of every
change of its value, so that cached pages are renewed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from markupsafe import Markup
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from wiki.pages.models import Page


class HasExtras(Protocol):
    """A page to be shown, with the values that features registered."""

    @property
    def path(self) -> str:
        """The page’s current path."""

    @property
    def is_old(self) -> bool:
        """Whether an old revision is shown, for which extras don’t apply."""

    @property
    def extras(self) -> Mapping[str, Any]:
        """The values of the registered columns, by name."""


HeadingNotes = Callable[[HasExtras], Mapping[str, str]]

_HEADING_NOTES: list[HeadingNotes] = []
# Returns what to show beside the editor, given the kind, the title and the typed fields.
Advice = Callable[[str, str, Mapping[str, Sequence[str]]], Markup]

_ADVICE: list[Advice] = []
_COLUMNS: dict[str, Callable[[], ColumnElement[Any]]] = {}
_HIT_COUNTS: dict[str, Callable[[], ColumnElement[int]]] = {}


def register_column(name: str, make: Callable[[], ColumnElement[Any]]) -> None:
    """Add `extras[name]` to every page; `make` returns the column, correlated with `Page`.

    Must be called while modules are imported, since the statement is composed only once.
    """
    _COLUMNS[name] = make


def extra_columns() -> dict[str, ColumnElement[Any]]:
    """The registered columns by name, as new objects for a query on `Page`."""
    return {name: make() for name, make in _COLUMNS.items()}


def extra_names() -> Collection[str]:
    """The names of the registered columns."""
    return _COLUMNS


def register_hit_count(name: str, make: Callable[[], ColumnElement[int]]) -> None:
    """Add the number `counts[name]` to every search result, like `register_column` for pages."""
    _HIT_COUNTS[name] = make


def hit_counts() -> dict[str, ColumnElement[int]]:
    """The registered columns of search results by name."""
    return {name: make() for name, make in _HIT_COUNTS.items()}


def hit_names() -> Collection[str]:
    """The names of `hit_counts`, in the same order."""
    return _HIT_COUNTS


def register_heading_notes(make: HeadingNotes) -> None:
    """Have `make` add sanitized HTML to the end of headings; it returns a mapping by heading id.

    It must depend only on the page and its extras: all readers get the same.
    """
    _HEADING_NOTES.append(make)


def heading_notes(page: HasExtras) -> Mapping[str, str]:
    """What to add to the end of the page’s headings, by their ids."""
    notes: dict[str, str] = {}
    for make in _HEADING_NOTES:
        for heading, html in make(page).items():
            notes[heading] = notes.get(heading, "") + html
    return notes


def register_advice(advise: Advice) -> None:
    """Have `advise` show something beside the editor with each preview; it must not raise."""
    _ADVICE.append(advise)


def advice(kind: str, title: str, typed: Mapping[str, Sequence[str]]) -> Markup:
    """What all registered features show beside the editor."""
    return Markup().join(advise(kind, title, typed) for advise in _ADVICE)


def raise_activity(session: Session, page_id: int) -> None:
    """Record that something changed that the page shows in addition to its revision."""
    raised = {"activity": Page.activity + 1}
    session.execute(update(Page).where(Page.id == page_id).values(raised))
