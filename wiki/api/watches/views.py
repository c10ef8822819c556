"""What a person watches: list, add, remove."""

from flask import make_response

from wiki.access.permissions import current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.openapi.operation import operation
from wiki.api.schema import ViewResult
from wiki.api.watches.schemas import NewWatch, WatchItem, WatchList, WatchQuery
from wiki.api.watches.targets import create_watch, watch_list
from wiki.community.watching.watches import stop_watching
from wiki.web.programs.problems import Problem

WATCHES = "Watches"


@api.get("/watches")
@operation(WatchList, tag=WATCHES, needs="member")
def list_own_watches(query: WatchQuery) -> ViewResult:
    """What you watch, newest first."""
    found = watch_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.post("/watches")
@operation(WatchItem, tag=WATCHES, status=201, is_repeatable=True)
def add_watch(json: NewWatch) -> ViewResult:
    """Watch a page, everything below a path, a tag, a kind, or the whole wiki."""
    return create_watch(current_viewer(), json), 201


@api.delete("/watches/<id:number>")
@operation(None, tag=WATCHES, status=204, is_writing=True)
def remove_watch(number: int) -> ViewResult:
    """Remove one of your watches."""
    if not stop_watching(current_viewer(), [number]):
        raise Problem(404, "Not found", "You have no watch with this number.")
    return make_response("", 204)
