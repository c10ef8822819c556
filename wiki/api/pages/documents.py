"""Builds responses about pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from wiki.access.permissions import Viewer
from wiki.api.absolute_urls import absolute_page_url
from wiki.api.cursors import part_by_place, read_cursor
from wiki.api.pages.schemas import PageDocument, PageItem, PageListQuery, PageParameters, Saved
from wiki.naming import KEY_LIMIT, path_key
from wiki.pages.models import Page
from wiki.pages.presentation.old_renderings import render_old_revision
from wiki.pages.presentation.personalize import personalized_page, personalized_rendering
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.page_batches import names_of_outside_authors
from wiki.pages.queries.page_lists import ListedPage, has_tag, pages_where
from wiki.pages.queries.page_queries import page_at
from wiki.pages.queries.page_sources import PageSource, page_source
from wiki.pages.writing.write import SaveResult


def listed_pages(viewer: Viewer, query: PageListQuery) -> tuple[Sequence[ListedPage], str | None]:
    """The pages that match `query` and that the viewer may read, and the next cursor or `None`."""
    conditions, by_change = list(_conditions(query)), query.sort == "changed"
    place = read_cursor(query)
    if place is not None:
        conditions.append(_comes_after(place, by_change=by_change))
    found = pages_where(viewer, *conditions, newest_first=by_change, limit=query.limit + 1)
    return part_by_place(query, found, lambda page: _place_of(page, by_change=by_change))


def page_items(pages: Sequence[ListedPage]) -> list[PageItem]:
    """`pages` as items of a list, with the names of their authors."""
    outside = [page.id for page in pages if page.updated_by is None]
    names = names_of_outside_authors(outside) if outside else {}
    return [_item(page, names.get(page.id)) for page in pages]


def _item(page: ListedPage, author_name: str | None) -> PageItem:
    more = {"author_name": author_name, "url": absolute_page_url(page.path)}
    return PageItem.model_validate({**_columns(page), **more})


def _columns(page: ListedPage) -> dict[str, Any]:
    names = ("path", "title", "kind", "status", "summary", "updated_at", "updated_by")
    return {name: getattr(page, name) for name in names}


def _conditions(query: PageListQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.kind:
        conditions.append(Page.kind == query.kind)
    if query.status:
        conditions.append(Page.status == query.status)
    if query.tag:
        conditions.append(has_tag(path_key(query.tag)))
    if key := path_key(query.below):
        conditions.append(is_below(Page.key, key))
    return conditions


def _place_of(page: ListedPage, *, by_change: bool) -> list[Any]:
    key = page.updated_at.isoformat() if by_change else path_key(page.title)[:KEY_LIMIT]
    return [key, page.id]


def _comes_after(place: list[Any], *, by_change: bool) -> ColumnElement[bool]:
    key, page_id = place
    if by_change:
        # A page that changes between two requests moves to the front, which is already read.
        at = datetime.fromisoformat(key)
        return or_(Page.updated_at < at, and_(Page.updated_at == at, Page.id < page_id))
    return or_(Page.title_key > key, and_(Page.title_key == key, Page.id > page_id))


def page_document(viewer: Viewer, path: str, query: PageParameters) -> PageDocument:
    """A page, or one of its revisions.

    Raises `PageNotFound`, `RevisionNotFound`, `RevisionErased`.
    """
    source = page_source(viewer, path, query.revision)
    revision = source.revision
    status = revision.fields.get("status")
    return PageDocument.model_construct(
        id=source.id,
        path=source.path,
        title=revision.title,
        kind=revision.kind,
        status=status if isinstance(status, str) else None,
        tags=list(revision.tags),
        fields=revision.fields,
        text=revision.text,
        revision=revision.number,
        current_revision=source.revision_count,
        updated_at=revision.created_at,
        updated_by=revision.author,
        author_name=revision.author_name,
        accepted_by=revision.accepted_by,
        url=absolute_page_url(source.path),
        html=_html(viewer, source, query) if query.html else None,
    )


def _html(viewer: Viewer, source: PageSource, query: PageParameters) -> str:
    if query.revision:
        rendered = render_old_revision(source.revision.text, source.path)
        return str(personalized_rendering(rendered, source.id, source.path))
    page = with_current_rendering(page_at(viewer, source.path))
    return str(personalized_page(page, is_plain=True)[1])


def saved_answer(saved: SaveResult) -> Saved:
    return Saved(**saved_values(saved))


def saved_values(saved: SaveResult) -> dict[str, Any]:
    return {
        "id": saved.page_id,
        "path": saved.path,
        "revision": saved.number,
        "merged_with": saved.merged_with,
        "is_unchanged": saved.is_unchanged,
        "url": absolute_page_url(saved.path),
    }
