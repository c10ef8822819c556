"""What features above `pages` show on a page: columns that they add to its one statement.

A feature registers a scalar subquery on the page's columns, the same for all readers, and raises
`Page.activity` in the transaction of whatever changes its value, so that cached pages are renewed.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from wiki.pages.models import Page

_COLUMNS: dict[str, Callable[[], ColumnElement[Any]]] = {}


def register_column(name: str, make: Callable[[], ColumnElement[Any]]) -> None:
    """Let every page carry `extras[name]`; `make` gives the column, correlated with `Page`.

    To be called while modules are imported: the statement is composed once.
    """
    _COLUMNS[name] = make


def extra_columns() -> dict[str, ColumnElement[Any]]:
    """The registered columns by name."""
    return {name: make() for name, make in _COLUMNS.items()}


def extra_names() -> Collection[str]:
    """Their names alone: what each page view asks for."""
    return _COLUMNS


def raise_activity(session: Session, page_id: int) -> None:
    """Announce that something the page shows beside its revision has changed."""
    raised = {"activity": Page.activity + 1}
    session.execute(update(Page).where(Page.id == page_id).values(raised))
