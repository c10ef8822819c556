"""The write path of pages: creates, edits, restores, deletes and undeletes them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, can_write_at
from wiki.access.rulebook import rule_in_force
from wiki.accounts.models import User
from wiki.database import db, utcnow, write_transaction
from wiki.kinds.current import kind_of
from wiki.markup import render
from wiki.naming import NameRefused, clean_path, path_key, slug_of
from wiki.pages.errors import PageNotFound, PathForbidden, StaleConfirmation
from wiki.pages.models import Page
from wiki.pages.writing.conflicts import EditConflict, conflict_with
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.derived_data import Derived, derive
from wiki.pages.writing.drafts import discard_saved_draft
from wiki.pages.writing.revision_store import (
    Acceptance,
    Provenance,
    append_revision,
    claim_path,
    load_content,
    lock_page,
)

# Merging and rendering happen before the lock is taken; if somebody else was faster this many
# times, they happen under it.
UNLOCKED_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person saves: a content, and the number of the revision on which it is based."""

    content: Content
    base_revision: int | None
    summary: str = ""
    is_minor: bool = False
    section: str = ""  # the id of the heading, if only a section was edited
    draft_key: str = ""  # key of the editor; saving discards its draft
    has_editor: bool = True  # API clients have none, and no draft to discard
    undoes: int | None = None  # number of the revision that it undoes


@dataclass(frozen=True, slots=True)
class SaveResult:
    """The result of a write: the page’s path and its current revision.

    `merged_with` is the number of the revision with which an edit was merged, `begun_from` the one
    on which it was based, if any; `is_unchanged` means that there was nothing to store.
    """

    page_id: int
    path: str
    number: int
    merged_with: int | None = None
    begun_from: int | None = None
    is_unchanged: bool = False


# Writes further rows in the transaction of a revision; gets the session and the result.
WriteHook = Callable[[Session, SaveResult], None]


@dataclass(frozen=True, slots=True)
class PreparedEdit:
    """A content, merged and rendered, ready to be saved on top of revision `onto`."""

    onto: int
    content: Content
    derived: Derived
    parent_number: int | None = None
    merged_number: int | None = None


def path_for(title: str, kind: str, path: str | None = None) -> str:
    """The path of a new page: the given one, or one derived from its kind and title.

    Raises `NameRefused`.
    """
    if path and path.strip():
        return clean_path(path)
    slug = slug_of(title)
    if not slug:
        raise NameRefused("no-slug")
    folder = kind_of(kind).folder
    return clean_path(f"{folder}/{slug}" if folder else slug)


def check_may_write_at(viewer: Viewer, path: str) -> None:
    """Check that `viewer` may write a page at `path`. Raises `PathForbidden`."""
    if not can_write_at(viewer, path):
        raise PathForbidden(path)


def create_page(
    content: Content,
    *,
    by: User | None,
    viewer: Viewer | None = None,
    path: str | None = None,
    summary: str = "",
    draft_key: str | None = "",
) -> SaveResult:
    """Create a page with its first revision; `draft_key` is the editor’s, `None` without an editor.

    Raises `PathForbidden` if `viewer` is given and may not write there, `NameRefused`,
    `TextTooLong`, `PathTaken`, `StorageUnavailable`.
    """
    content = clean_content(content)
    path = path_for(content.title, content.kind, path)
    if viewer is not None:
        check_may_write_at(viewer, path)
    derived = derive(render(content.text, path=path))
    with write_transaction() as session:
        page = insert_page(session, path, content, derived, by=by, summary=summary)
        if draft_key is not None:
            discard_saved_draft(session, by, page.id, draft_key=draft_key, title=content.title)
        return SaveResult(page.id, page.path, page.revision_count)


def insert_page(
    session: Session,
    path: str,
    content: Content,
    derived: Derived | None,
    *,
    by: User | None,
    summary: str = "",
    action: str = "create",
    accepted: Acceptance | None = None,
    origin: Provenance | None = None,
) -> Page:
    """Write a new page inside the caller's transaction. Raises `PathTaken`."""
    rule_id = rule_in_force(session, path_key(path))  # before the path, as a rename locks them
    key = claim_path(session, path)
    now = origin.at if origin else utcnow()
    page = Page(
        path=path,
        key=key,
        title=content.title,
        title_key="",
        kind=content.kind,
        created_at=now,
        updated_at=now,
        rule_id=rule_id,
    )
    page.revision_count = 0
    session.add(page)
    session.flush()
    columns = {"action": action, "summary": summary, "accepted": accepted, "origin": origin}
    append_revision(session, page, content, derived, by=by, **columns)  # type: ignore[arg-type]
    return page


def save_edit(
    page_id: int,
    edit: Edit,
    *,
    by: User | None,
    action: str = "edit",
    within: WriteHook | None = None,
) -> SaveResult:
    """Save an edit, merged with revisions since `edit.base_revision`.

    The base is compared inside the write transaction, in which `within` runs. Raises `EditConflict`
    if both sides changed the same lines (nothing is stored then), `PageNotFound`, `NameRefused`,
    `TextTooLong`, `StorageUnavailable`.
    """
    content = clean_content(edit.content)
    for _ in range(UNLOCKED_ATTEMPTS):
        prepared = prepare_edit(db.session(), page_id, content, edit.base_revision)
        with write_transaction() as session:
            page = lock_page(session, page_id)
            if page.revision_count == prepared.onto:
                return _commit(session, page, prepared, edit, by=by, action=action, within=within)
    with write_transaction() as session:
        page = lock_page(session, page_id)
        prepared = prepare_edit(session, page_id, content, edit.base_revision)
        return _commit(session, page, prepared, edit, by=by, action=action, within=within)


def _commit(
    session: Session,
    page: Page,
    prepared: PreparedEdit,
    edit: Edit,
    *,
    by: User | None,
    action: str,
    within: WriteHook | None,
) -> SaveResult:
    saved = commit_edit(session, page, prepared, edit, by=by, action=action)
    if within is not None:
        within(session, saved)
    return saved


def save_onto(page_id: int, edit: Edit, *, by: User | None) -> SaveResult:
    """Save an edit only if the page is still at its base revision.

    Otherwise raises `EditConflict`, which may have a clean merge. Also raises `PageNotFound`,
    `NameRefused`, `TextTooLong`, `StorageUnavailable`.
    """
    base, content = edit.base_revision or 0, clean_content(edit.content)
    with suppress(StaleConfirmation):
        derived = derive(render(content.text, path=_path_of(page_id)))
        with write_transaction() as session:
            page = lock_page_at(session, page_id, base)
            return commit_edit(session, page, PreparedEdit(base, content, derived), edit, by=by)
    current = db.session.scalar(select(Page.revision_count).where(Page.id == page_id))
    raise EditConflict(conflict_with(page_id, current or 0, content, base))


def prepare_edit(
    session: Session, page_id: int, mine: Content, base_number: int | None
) -> PreparedEdit:
    """Merge `mine` with the current revision of the page, and render the result.

    Raises `PageNotFound`, `EditConflict`.
    """
    page = session.execute(
        select(Page.path, Page.revision_count).where(Page.id == page_id, Page.deleted_at.is_(None))
    ).one_or_none()
    if page is None:
        raise PageNotFound
    current = page.revision_count
    if base_number == current:
        return PreparedEdit(current, mine, derive(render(mine.text, path=page.path)))
    conflict = conflict_with(page_id, current, mine, base_number)
    if not conflict.merge.is_clean:
        raise EditConflict(conflict)
    derived = derive(render(conflict.merged.text, path=page.path))
    # A form may send any number: only an existing revision can be the parent.
    parent = base_number if base_number in range(1, current) else None
    return PreparedEdit(current, conflict.merged, derived, parent, current)


def commit_edit(
    session: Session,
    page: Page,
    prepared: PreparedEdit,
    edit: Edit,
    *,
    by: User | None,
    action: str = "edit",
    accepted: Acceptance | None = None,
) -> SaveResult:
    """Store a prepared edit in the caller’s transaction, which must hold the page’s lock.

    The page must be at revision `prepared.onto`.
    """
    # An undo and a proposal that is accepted have no editor, and no draft.
    if edit.draft_key or not (edit.undoes or accepted or not edit.has_editor):
        discard_saved_draft(
            session,
            by,
            page.id,
            draft_key=edit.draft_key,
            title=edit.content.title,
            section=edit.section,
        )
    if prepared.content == load_content(session, page.id, page.revision_count):
        return SaveResult(page.id, page.path, page.revision_count, is_unchanged=True)
    append_revision(
        session,
        page,
        prepared.content,
        prepared.derived,
        by=by,
        action=_action_of(edit, prepared, action),
        summary=edit.summary,
        is_minor=edit.is_minor,
        parent_number=None if edit.undoes else prepared.parent_number,
        merged_number=edit.undoes or prepared.merged_number,
        accepted=accepted,
    )
    if edit.undoes:
        return SaveResult(page.id, page.path, page.revision_count)
    return SaveResult(
        page.id,
        page.path,
        page.revision_count,
        merged_with=prepared.merged_number,
        begun_from=prepared.parent_number,
    )


def _action_of(edit: Edit, prepared: PreparedEdit, action: str) -> str:
    if edit.undoes:
        return "undo"
    return "merge" if prepared.merged_number else action


def restore_revision(
    page_id: int, number: int, *, base_revision: int, by: User | None, summary: str = ""
) -> SaveResult:
    """Make revision `number` the current content again, as a new revision.

    Raises `RevisionNotFound`, `PageNotFound`, and `StaleConfirmation` if the page is no longer at
    `base_revision`.
    """
    content = load_content(db.session(), page_id, number)
    derived = derive(render(content.text, path=_path_of(page_id)))
    with write_transaction() as session:
        page = lock_page_at(session, page_id, base_revision)
        if content == load_content(session, page_id, page.revision_count):
            return SaveResult(page.id, page.path, page.revision_count, is_unchanged=True)
        append_revision(
            session,
            page,
            content,
            derived,
            by=by,
            action="restore",
            summary=summary,
            merged_number=number,
        )
        return SaveResult(page.id, page.path, page.revision_count)


def delete_page(
    page_id: int, *, base_revision: int, by: User | None, summary: str = ""
) -> SaveResult:
    """Delete a page; its history stays, and it can be restored.

    Raises `PageNotFound`, `StaleConfirmation`.
    """
    with write_transaction() as session:
        page = lock_page_at(session, page_id, base_revision)
        return mark_deleted(session, page, by=by, summary=summary)


def mark_deleted(
    session: Session,
    page: Page,
    *,
    by: User | None,
    summary: str = "",
    accepted: Acceptance | None = None,
) -> SaveResult:
    """Delete a page in the caller’s transaction, which must hold its lock.

    If the deletion was a proposal, `accepted` names who accepted it; they may also restore the
    page.
    """
    content = load_content(session, page.id, page.revision_count)
    told = {"action": "delete", "summary": summary, "accepted": accepted}
    append_revision(session, page, content, by=by, **told)  # type: ignore[arg-type]
    who = accepted.by if accepted else by
    page.deleted_at, page.deleted_by_id = utcnow(), who.id if who else None
    session.flush()  # frees its path
    return SaveResult(page.id, page.path, page.revision_count)


def undelete_page(page_id: int, *, by: User | None, summary: str = "") -> SaveResult:
    """Restore a deleted page at its path. Raises `PageNotFound`, `PathTaken`."""
    with write_transaction() as session:
        page = lock_page(session, page_id, is_deleted=True)
        content = load_content(session, page_id, page.revision_count)
        claim_path(session, page.path, besides={page.id})
        page.deleted_at = page.deleted_by_id = None
        append_revision(session, page, content, by=by, action="undelete", summary=summary)
        return SaveResult(page.id, page.path, page.revision_count)


def lock_page_at(session: Session, page_id: int, number: int) -> Page:
    """The locked page, if it is at revision `number`. Raises `StaleConfirmation`."""
    page = lock_page(session, page_id)
    if page.revision_count != number:
        raise StaleConfirmation
    return page


def _path_of(page_id: int) -> str:
    path = db.session.scalar(select(Page.path).where(Page.id == page_id))
    if path is None:
        raise PageNotFound
    return path
