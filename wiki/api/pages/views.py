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
from wiki.api.pages.revision_tags import needed_revision, revision_tag
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
from wiki.api.pages.writing import bring_back, change_page, move_page
from wiki.api.schema import Answer
from wiki.pages.queries.page_queries import editable_page
from wiki.pages.writing.write import SaveResult, create_page, delete_page, restore_revision

PAGES = "Pages"

SAVED = ("ETag", "Location")  # headers of what was saved


@api.get("/pages")
@operation(PageList, tag=PAGES)
def list_pages(query: PageListQuery) -> Answer:
    """The pages that you may read."""
    found, cursor = listed_pages(current_viewer(), query)
    return (
        PageList(items=page_items(found), next=cursor),
        200,
        next_headers(cursor),
    )


@api.get("/pages/<wikipath:path>")
@operation(PageDocument, tag=PAGES, may_be_erased=True, is_cached=True)
def read_page(path: str, query: PageParameters) -> Answer:
    """A page, by its path, its title or a former path.

    Its `ETag` is what a change of it is based on.
    """
    page = page_document(current_viewer(), path, query)
    if query.html or query.revision:  # the HTML is made for one reader
        return page, 200, {"ETag": f"W/{revision_tag(page.id, page.revision)}"}
    tag = revision_tag(page.id, page.revision, page.model_dump_json())
    if request.if_none_match.contains_weak(tag.strip('"')):
        return Response(status=304, headers={"ETag": tag})
    return page, 200, {"ETag": tag}


@api.post("/pages")
@operation(Saved, tag=PAGES, status=201, is_repeatable=True, may=can_edit_somewhere, tells=SAVED)
def add_page(json: NewPage) -> Answer:
    """Write a new page."""
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
    Saved, tag=PAGES, takes_revision=True, may_be_erased=True, may=can_edit_somewhere, tells=SAVED
)
def update_page(path: str, json: PageChange) -> Answer:
    """Change a page that you may edit.

    Send the `ETag` of the page as you read it in `If-Match`: if it has changed since, nothing is
    stored, and 412 offers the merge. Or send `base_revision`, and it is merged where that can be
    done.
    """
    page = editable_page(current_viewer(), path)
    saved = change_page(page, json, by=signed_in_user())
    return saved_answer(saved), 200, _headers(saved)


@api.delete("/pages/<wikipath:path>")
@operation(None, tag=PAGES, status=204, takes_revision=True, may=can_edit_somewhere)
def remove_page(path: str, query: PageDeletion) -> Answer:
    """Delete a page. Its history is kept, and it can be brought back."""
    page = editable_page(current_viewer(), path)
    base, by = needed_revision(page), signed_in_user()
    delete_page(page.id, base_revision=base, by=by, summary=query.summary)
    return make_response("", 204)


@api.post("/undeletions")
@operation(Saved, tag=PAGES, status=201, is_repeatable=True, may=can_edit_somewhere, tells=SAVED)
def add_undeletion(json: NewUndeletion) -> Answer:
    """Bring a deleted page back, with its whole history."""
    saved = bring_back(current_viewer(), json, by=signed_in_user())
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
    tells=SAVED,
)
def add_restoration(json: NewRestoration) -> Answer:
    """Make the content of an old revision the current one, as a new revision."""
    page = editable_page(current_viewer(), json.page)
    base, by = needed_revision(page), signed_in_user()
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
    tells=SAVED,
)
def add_rename(json: NewRename) -> Answer:
    """Give a page another path or title. The old ones lead to it."""
    page = editable_page(current_viewer(), json.page)
    renamed = move_page(page, json, by=signed_in_user(), viewer=current_viewer())
    answer = Renamed(
        **saved_values(renamed.saved), moved_below=renamed.below, relinked=renamed.relinked
    )
    return answer, 201, _headers(renamed.saved)


def _headers(saved: SaveResult) -> dict[str, str]:
    location = url_for("api.read_page", path=saved.path)
    return {"Location": location, "ETag": revision_tag(saved.page_id, saved.number)}
