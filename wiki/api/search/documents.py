"""Builds responses about search results, suggestions, tags and kinds."""

from wiki.access.permissions import Viewer
from wiki.api.absolute_urls import absolute_page_url
from wiki.api.cursors import make_cursor, read_cursor
from wiki.api.search.schemas import (
    FacetCount,
    FacetDocument,
    KindFieldItem,
    KindItem,
    KindList,
    SearchHit,
    SearchQuery,
    SearchResults,
    SuggestedItem,
    Suggestions,
)
from wiki.kinds.builtin import STATUSES
from wiki.kinds.current import all_kinds
from wiki.kinds.kind import Kind, KindField
from wiki.pages.queries.page_lists import count_by_kind
from wiki.search.listing import (
    PAGE_LOOKUPS,
    Listing,
    SearchResult,
    list_results,
    suggestions,
)
from wiki.search.service import SEARCH

MAX_SUGGESTIONS = 10


def search_results(viewer: Viewer, query: SearchQuery) -> SearchResults:
    """Search results for a program; unlike searches that people type, they aren’t logged."""
    first = read_cursor(query) or 0
    listing = list_results(
        SEARCH.current(),
        PAGE_LOOKUPS.current(),
        viewer,
        query.q,
        first=first,
        count=query.limit,
        by_date=query.sort == "date",
    )
    rest = first + query.limit < listing.total
    return _results(listing, make_cursor(query, first + query.limit) if rest else None)


def _results(listing: Listing, cursor: str | None) -> SearchResults:
    results = listing.results
    correction = results.correction
    return SearchResults(
        query=listing.query.text,
        total=listing.total,
        state=results.state,
        correction=correction.text if correction else None,
        is_corrected=bool(correction and correction.is_applied),
        items=[_hit(each) for each in listing.found],
        facets=[
            FacetDocument(
                field=facet.field,
                values=[FacetCount(name=each.name, count=each.count) for each in facet.values],
            )
            for facet in results.facets
        ],
        next=cursor,
    )


def _hit(found: SearchResult) -> SearchHit:
    page = found.page
    return SearchHit(
        path=page.path,
        title=page.title,
        kind=page.kind,
        status=page.status,
        tags=list(page.tags),
        updated_at=page.updated_at,
        heading=found.snippet.heading,
        snippet=str(found.snippet.html),
        is_same_error=found.is_same_error,
        url=absolute_page_url(page.path),
    )


def suggestions_for(viewer: Viewer, text: str) -> Suggestions:
    """Pages and earlier searches that complete `text`."""
    parts = SEARCH.current(), PAGE_LOOKUPS.current()
    pages, queries = suggestions(*parts, viewer, text, MAX_SUGGESTIONS)
    items = [
        SuggestedItem(
            title=page.title, path=page.path, kind=page.kind, url=absolute_page_url(page.path)
        )
        for page in pages
    ]
    return Suggestions(items=items, queries=queries)


def kind_list(viewer: Viewer) -> KindList:
    """All kinds with their fields, and the number of pages that the viewer may read."""
    counts = count_by_kind(viewer)
    items = [_kind(kind, counts.get(kind.name, 0)) for kind in all_kinds().values()]
    return KindList(items=items, statuses=list(STATUSES))


def _kind(kind: Kind, count: int) -> KindItem:
    return KindItem(
        name=kind.name,
        label=str(kind.label),
        plural=str(kind.plural),
        folder=kind.folder,
        has_status=kind.has_status,
        is_retired=kind.is_retired,
        fields=[_kind_field(field) for field in kind.fields],
        count=count,
    )


def _kind_field(field: KindField) -> KindFieldItem:
    return KindFieldItem(
        name=field.name,
        label=str(field.label),
        type=field.type.value,
        is_many=field.is_many,
        choices=list(field.choices),
    )
