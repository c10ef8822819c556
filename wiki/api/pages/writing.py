"""Page writes for programs: the same services as in a browser, with `If-Match` as the base
revision.
"""

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.api.pages.conflicts import conflict_problem
from wiki.api.pages.contents import content_of_change, refused_part
from wiki.api.pages.etags import (
    if_match_revision,
    precondition_needed,
    required_if_match_revision,
    revision_etag,
)
from wiki.api.pages.schemas import NewRename, NewUndeletion, PageChange
from wiki.database import db
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.moving.access_effect import effect_of_move
from wiki.pages.moving.rename import RenameRequest, RenameResult, rename_page
from wiki.pages.protection.descriptions import readers_of
from wiki.pages.queries.page_queries import deleted_page
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, SaveResult, save_edit, save_onto, undelete_page
from wiki.web.programs.problems import Problem


def change_page(page: Page, change: PageChange, *, by: User) -> SaveResult:
    """Save a change.

    With `If-Match`, nothing is stored if the page has changed since (412). With `base_revision`,
    the change is merged as in a browser (409 if it can’t be). Raises `Problem` and whatever
    `save_edit` raises.
    """
    seen, page_id = if_match_revision(page), page.id
    base = _base_of(page, seen, change.base_revision)
    before = load_content(db.session(), page_id, base)
    edit = Edit(
        content_of_change(before, change), base, change.summary, change.minor, has_editor=False
    )
    try:
        return (save_edit if seen is None else save_onto)(page_id, edit, by=by)
    except EditConflict as error:
        status = 409 if seen is None else 412
        raise conflict_problem(status, page_id, base, error.conflict) from error


def _base_of(page: Page, seen: int | None, sent: int | None) -> int:
    """The revision that a change is based on. Raises `Problem` (400, 412, 428)."""
    base, count = sent if seen is None else seen, page.revision_count
    if base is None:
        raise precondition_needed()
    if seen is not None and sent not in (None, seen):
        words = "`If-Match` and `base_revision` name different revisions. Send one of them."
        raise Problem(400, "Two base revisions", words, kind="precondition")
    if 1 <= base <= count:
        return base
    if seen is None:
        raise refused_part("base_revision", f"The page has the revisions 1 to {count}.")
    words = "The page has no such revision. Read it again, and send its `ETag`."
    headers = {"ETag": revision_etag(page.id, count)}
    raise Problem(412, "Not this page’s revision", words, kind="precondition", headers=headers)


def move_page(page: Page, wanted: NewRename, *, by: User, viewer: Viewer) -> RenameResult:
    """Rename a page. Raises `Problem` and whatever `rename_page` raises."""
    base = required_if_match_revision(page)
    if not wanted.new_readers:
        _check_readers(page, wanted, viewer)
    request = RenameRequest(
        title=wanted.title or page.title,
        path=wanted.path,
        base_revision=base,
        with_subtree=wanted.with_subtree,
        with_links=wanted.with_links,
        summary=wanted.summary,
    )
    return rename_page(page.id, request, by=by, viewer=viewer)


def undelete(viewer: Viewer, sent: NewUndeletion, *, by: User) -> SaveResult:
    """Restore a deleted page. Raises `PathTaken`, and `PageNotFound` also without permission."""
    page = deleted_page(viewer, sent.page, sent.id)
    if page is None:
        raise PageNotFound(sent.page)
    return undelete_page(page.id, by=by, summary=sent.summary)


def _check_readers(page: Page, wanted: NewRename, viewer: Viewer) -> None:
    effect = effect_of_move(viewer, page, wanted.path, with_subtree=wanted.with_subtree)
    if effect.changes_readers:
        moves = [
            {"before": readers_of(before), "after": readers_of(after), "pages": count}
            for before, after, count in effect.moves
        ]
        raise Problem(
            409,
            "Others would read it there",
            "Send `new_readers` if that is what you want.",
            kind="readers",
            readers=moves,
        )
