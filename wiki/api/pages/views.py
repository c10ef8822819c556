"""Pages: list, read, create, update, rename, restore, delete, undelete."""

from flask import Response, make_response, request, url_for

from wiki.access.permissions import can_edit_somewhere, current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.openapi.operation import operation
from wiki.api.pages.contents import content_of_new
from wiki.api.pages.documents import (
    listed_pages,
    page_document,
    page_items,
    saved_answer,
    saved_values,
)
from wiki.api.pages.etags import required_if_match_revision, revision_etag
from wiki.api.pages.schemas import (
    NewPage,
    NewRename,
    NewRestoration,
    NewUndeletion,
    PageChange,
    PageDeletion,
    PageDocument,
    PageList,
    PageListQuery,
    PageParameters,
    Renamed,
    Saved,
)
from wiki.api.pages.writing import change_page, move_page, undelete
from wiki.api.schema import ViewResult
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.writing.write import SaveResult, create_page, delete_page, restore_revision

PAGES = "Pages"

SAVED = ("ETag", "Location")  # headers of what was saved


@api.get("/pages")
@operation(PageList, tag=PAGES)
def list_pages(query: PageListQuery) -> ViewResult:
    """The pages that you may read."""
    found, cursor = listed_pages(current_viewer(), query)
    return (
        PageList(items=page_items(found), next=cursor),
        200,
        next_headers(cursor),
    )


@api.get("/pages/<wikipath:path>")
@operation(PageDocument, tag=PAGES, may_be_erased=True, is_cached=True)
def read_page(path: str, query: PageParameters) -> ViewResult:
    """A page by its path, its title or a former path.

    Its `ETag` is what you send as `If-Match` with a change.
    """
    page = page_document(current_viewer(), path, query)
    if query.html or query.revision:  # the HTML depends on the reader
        return page, 200, {"ETag": f"W/{revision_etag(page.id, page.revision)}"}
    tag = revision_etag(page.id, page.revision, page.model_dump_json())
    if request.if_none_match.contains_weak(tag.strip('"')):
        return Response(status=304, headers={"ETag": tag})
    return page, 200, {"ETag": tag}


@api.post("/pages")
@operation(Saved, tag=PAGES, status=201, is_repeatable=True, may=can_edit_somewhere, headers=SAVED)
def add_page(json: NewPage) -> ViewResult:
    """Create a page."""
    saved = create_page(
        content_of_new(json),
        by=signed_in_user(),
        viewer=current_viewer(),
        path=json.path,
        summary=json.summary,
        draft_key=None,
    )
    return saved_answer(saved), 201, _headers(saved)


@api.patch("/pages/<wikipath:path>")
@operation(
    Saved,
    tag=PAGES,
    takes_revision=True,
    may_be_erased=True,
    may=can_edit_somewhere,
    headers=SAVED,
)
def update_page(path: str, json: PageChange) -> ViewResult:
    """Change a page that you may edit.

    Send the page’s `ETag` in `If-Match`: if the page has changed since, nothing is stored, and
    the 412 response offers a merge. Or send `base_revision`, and the change is merged if it can
    be.
    """
    page = editable_page(current_viewer(), path)
    saved = change_page(page, json, by=signed_in_user())
    return saved_answer(saved), 200, _headers(saved)


@api.delete("/pages/<wikipath:path>")
@operation(None, tag=PAGES, status=204, takes_revision=True, may=can_edit_somewhere)
def remove_page(path: str, query: PageDeletion) -> ViewResult:
    """Delete a page. Its history is kept, and it can be restored."""
    page = editable_page(current_viewer(), path)
    base, by = required_if_match_revision(page), signed_in_user()
    delete_page(page.id, base_revision=base, by=by, summary=query.summary)
    return make_response("", 204)


@api.post("/undeletions")
@operation(Saved, tag=PAGES, status=201, is_repeatable=True, may=can_edit_somewhere, headers=SAVED)
def add_undeletion(json: NewUndeletion) -> ViewResult:
    """Restore a deleted page with its whole history."""
    saved = undelete(current_viewer(), json, by=signed_in_user())
    return saved_answer(saved), 201, _headers(saved)


@api.post("/restorations")
@operation(
    Saved,
    tag=PAGES,
    status=201,
    is_repeatable=True,
    takes_revision=True,
    may_be_erased=True,
    may=can_edit_somewhere,
    headers=SAVED,
)
def add_restoration(json: NewRestoration) -> ViewResult:
    """Restore the content of an earlier revision, as a new revision."""
    page = editable_page(current_viewer(), json.page)
    base, by = required_if_match_revision(page), signed_in_user()
    saved = restore_revision(
        page.id, json.revision, base_revision=base, by=by, summary=json.summary
    )
    return saved_answer(saved), 201, _headers(saved)


@api.post("/renames")
@operation(
    Renamed,
    tag=PAGES,
    status=201,
    is_repeatable=True,
    takes_revision=True,
    may=can_edit_somewhere,
    headers=SAVED,
)
def add_rename(json: NewRename) -> ViewResult:
    """Change the path or title of a page. The former ones redirect to it."""
    page = editable_page(current_viewer(), json.page)
    renamed = move_page(page, json, by=signed_in_user(), viewer=current_viewer())
    answer = Renamed(
        **saved_values(renamed.saved), moved_below=renamed.below, relinked=renamed.relinked
    )
    return answer, 201, _headers(renamed.saved)


def _headers(saved: SaveResult) -> dict[str, str]:
    location = url_for("api.read_page", path=saved.path)
    return {"Location": location, "ETag": revision_etag(saved.page_id, saved.number)}
