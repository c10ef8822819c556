"""Search, suggestions, and the lists of tags and kinds."""

from wiki.access.permissions import current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers, part_by_offset
from wiki.api.openapi.operation import operation
from wiki.api.pages.documents import page_items
from wiki.api.schema import ListQuery, ViewResult
from wiki.api.search.documents import kind_list, search_results, suggestions_for
from wiki.api.search.schemas import (
    BacklinkList,
    BacklinkQuery,
    KindList,
    SearchQuery,
    SearchResults,
    SuggestionQuery,
    Suggestions,
    TagItem,
    TagList,
)
from wiki.pages.queries.backlinks import backlinks
from wiki.pages.queries.page_lists import all_tags
from wiki.pages.queries.page_queries import visible_page

SEARCH = "Search"


@api.get("/search")
@operation(SearchResults, tag=SEARCH)
def search_pages(query: SearchQuery) -> ViewResult:
    """Search pages, best match first."""
    found = search_results(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/suggestions")
@operation(Suggestions, tag=SEARCH)
def suggest(query: SuggestionQuery) -> ViewResult:
    """Suggest pages for an incomplete query."""
    return suggestions_for(current_viewer(), query.q)


@api.get("/backlinks")
@operation(BacklinkList, tag=SEARCH)
def list_backlinks(query: BacklinkQuery) -> ViewResult:
    """The pages that link to a page."""
    viewer = current_viewer()
    page = visible_page(viewer, query.page)
    shown, cursor = part_by_offset(
        query, lambda skip, count: backlinks(viewer, page, offset=skip, limit=count)
    )
    answer = BacklinkList(items=page_items(shown), next=cursor)
    return answer, 200, next_headers(cursor)


@api.get("/tags")
@operation(TagList, tag=SEARCH)
def list_tags(query: ListQuery) -> ViewResult:
    """All tags on pages that you may read."""
    viewer = current_viewer()
    shown, cursor = part_by_offset(
        query, lambda skip, count: all_tags(viewer, offset=skip, limit=count)
    )
    items = [TagItem.model_validate(each) for each in shown]
    return TagList(items=items, next=cursor), 200, next_headers(cursor)


@api.get("/kinds")
@operation(KindList, tag=SEARCH)
def list_kinds() -> ViewResult:
    """The kinds of page with their fields."""
    return kind_list(current_viewer())
