"""The revisions of a page, the diff of two, and recent changes of all pages."""

from wiki.access.permissions import current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.history.documents import change_list, difference, revision_list
from wiki.api.history.schemas import (
    ChangeList,
    ChangesQuery,
    Difference,
    DiffQuery,
    RevisionList,
    RevisionQuery,
)
from wiki.api.openapi.operation import operation
from wiki.api.schema import ViewResult
from wiki.pages.queries.page_queries import visible_page

HISTORY = "History"


@api.get("/revisions")
@operation(RevisionList, tag=HISTORY)
def list_revisions(query: RevisionQuery) -> ViewResult:
    """The revisions of a page, newest first."""
    found = revision_list(visible_page(current_viewer(), query.page), query)
    return found, 200, next_headers(found.next)


@api.get("/diff")
@operation(Difference, tag=HISTORY, may_be_erased=True)
def compare(query: DiffQuery) -> ViewResult:
    """What changed between two revisions of a page."""
    return difference(visible_page(current_viewer(), query.page), query)


@api.get("/changes")
@operation(ChangeList, tag=HISTORY)
def list_changes(query: ChangesQuery) -> ViewResult:
    """Recent changes of all pages that you may read, newest first."""
    found = change_list(current_viewer(), query)
    return found, 200, next_headers(found.next)
