"""Completes links: pages by title and path, and their sections."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, or_, select

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db
from wiki.markup.headings import slug_of_heading
from wiki.markup.inlines.wikilinks import WIKILINK
from wiki.naming import path_key
from wiki.pages.models import Page, Rendering
from wiki.pages.queries.page_queries import resolve_targets

MAX_SUGGESTIONS = 8
_MAX_WORDS = 6  # of what was typed; further ones are ignored


@dataclass(frozen=True, slots=True)
class LinkSuggestion:
    """A page or a section; `link` goes between `[[` and `]]`."""

    link: str
    label: str
    note: str


def link_suggestions(viewer: Viewer, typed: str) -> list[LinkSuggestion]:
    """Completions of `[[typed`, best first; after a page name and `#`, sections of that page.

    Queries the database, not the index, so that a page can be linked as soon as it is saved.
    """
    target, mark, part = typed.rpartition("#")
    if mark and (path := resolve_targets(viewer, [target]).get(path_key(target))):
        return _sections(viewer, path, target.strip(), part)
    return _pages(viewer, typed)


def _pages(viewer: Viewer, typed: str) -> list[LinkSuggestion]:
    key = path_key(typed)
    words = [word for word in key.split("-") if word][:_MAX_WORDS]
    rank = case(
        (or_(Page.title_key == key, Page.key == key), 0),
        (_begins(Page.title_key, key), 1),
        (_begins(Page.key, key), 2),
        else_=3,
    )
    order = (
        (rank, func.length(Page.title_key), Page.title_key) if key else (Page.updated_at.desc(),)
    )
    rows = db.session.execute(
        select(Page.title, Page.path)
        .where(visible_to(viewer, Page), *(_holds(word) for word in words))
        .order_by(*order, Page.path)
        .limit(MAX_SUGGESTIONS)
    ).all()
    leads = resolve_targets(viewer, [row.title for row in rows])
    return [
        LinkSuggestion(
            _link(row.title, row.path, leads.get(path_key(row.title))), row.title, row.path
        )
        for row in rows
    ]


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        Page.title_key.contains(word, autoescape=True), Page.key.contains(word, autoescape=True)
    )


def _begins(column: SQLColumnExpression[str], key: str) -> ColumnElement[bool]:
    return column.startswith(key, autoescape=True)


def _link(title: str, path: str, leads_to: str | None) -> str:
    """The title if it leads to this page, otherwise its path with the title as its label."""
    read = WIKILINK.fullmatch(f"[[{title}]]")
    if leads_to == path and read is not None and read[1] == title:
        return title
    return path if set(title) & set("[]") else f"{path}|{title}"


def _sections(viewer: Viewer, path: str, target: str, part: str) -> list[LinkSuggestion]:
    outline: Sequence[tuple[int, str, str]] = (
        db.session.scalar(
            select(Rendering.outline)
            .join(Page, Page.id == Rendering.page_id)
            .where(Page.key == path_key(path), visible_to(viewer, Page))
        )
        or ()
    )
    words = path_key(part).split("-")
    return [
        LinkSuggestion(f"{target}#{_fragment(text, id_)}", text, target)
        for _level, id_, text in outline
        if all(word in path_key(text) for word in words)
    ][:MAX_SUGGESTIONS]


def _fragment(text: str, id_: str) -> str:
    """The text of the heading if it identifies the section, otherwise the section’s id."""
    return text if slug_of_heading(text) == id_ and not set(text) & set("[]|#") else id_
