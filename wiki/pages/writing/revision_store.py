"""Writes the rows of a page’s revision; callers must hold the page’s lock."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import FOR_CHANGE, in_batches, insert_into, is_postgresql, utcnow
from wiki.kinds.builtin import CHALLENGE
from wiki.naming import KEY_LIMIT, PATH_LIMIT, path_key
from wiki.pages.errors import PageNotFound, PathTaken, RevisionErased, RevisionNotFound
from wiki.pages.models import Link, Page, Redirect, Rendering, Revision, Tag, Text
from wiki.pages.page_order import position_of
from wiki.pages.writing.content import Content, clean_summary
from wiki.pages.writing.derived_data import Derived
from wiki.pages.writing.error_fingerprints import store_fingerprints
from wiki.pages.writing.file_uses import store_uses
from wiki.pages.writing.text_store import decompress_text, store_text
from wiki.pages.writing.withheld_links import update_withheld_links
from wiki.search.outbox import announce, announce_past


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted a proposed revision, and whether they improved it."""

    by: User
    is_improved: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """When and by whom a revision was written before it was imported.

    `author_name` is the name of an author without an account here, otherwise empty.
    """

    at: datetime
    author_id: int | None = None
    author_name: str = ""


def lock_page(session: Session, page_id: int, *, is_deleted: bool = False) -> Page:
    """The page, reloaded under its write lock. Raises `PageNotFound`."""
    page: Page | None = session.scalar(
        select(Page)
        .where(Page.id == page_id)
        .with_for_update(**FOR_CHANGE)
        .execution_options(populate_existing=True)
    )
    if page is None or (page.deleted_at is not None) != is_deleted:
        raise PageNotFound
    return page


def lock_pages(session: Session, page_ids: Collection[int]) -> dict[int, Page]:
    """Those of the pages that aren’t deleted, reloaded under their locks, by id.

    Locked in order of id, so that there are no deadlocks.
    """
    locked: dict[int, Page] = {}
    for ids in in_batches(sorted(page_ids)):
        query = (
            select(Page)
            .where(Page.id.in_(ids), Page.deleted_at.is_(None))
            .order_by(Page.id)
            .with_for_update(**FOR_CHANGE)
            .execution_options(populate_existing=True)
        )
        locked |= {page.id: page for page in session.scalars(query)}
    return locked


def load_content(session: Session, page_id: int, number: int) -> Content:
    """The content of revision `number`. Raises `RevisionNotFound`, `RevisionErased`."""
    row = session.execute(
        select(
            Revision.title,
            Revision.kind,
            Revision.tags,
            Revision.fields,
            Text.body,
            Text.is_compressed,
            Text.erased_at,
        )
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page_id, Revision.number == number)
    ).one_or_none()
    if row is None:
        raise RevisionNotFound
    if row.erased_at is not None:
        raise RevisionErased
    text = decompress_text(row.body, row.is_compressed)
    return Content(row.title, text, row.kind, tuple(row.tags), dict(row.fields))


def load_content_or_empty(session: Session, page_id: int, number: int | None) -> Content:
    """Like `load_content`, for a number from a form; empty if there is no such revision."""
    try:
        return load_content(session, page_id, number or 0)
    except (RevisionNotFound, RevisionErased):
        return Content(title="", text="")


def claim_path(session: Session, path: str, *, besides: Collection[int] = ()) -> str:
    """Make sure that no page is at `path`, and delete a redirect from there; returns the key.

    Pages in `besides` may be there, since they are being moved. Raises `PathTaken`.
    """
    key = path_key(path)
    if is_postgresql(session):
        # Two transactions could both find the path free: the second waits here.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    holder = session.execute(
        select(Page.id, Page.path).where(Page.key == key, Page.deleted_at.is_(None))
    ).one_or_none()
    if holder is not None and holder.id not in besides:
        raise PathTaken(holder.path)
    session.execute(delete(Redirect).where(Redirect.key == key))
    return key


def append_revision(
    session: Session,
    page: Page,
    content: Content,
    derived: Derived | None = None,
    *,
    by: User | None,
    action: str,
    summary: str = "",
    is_minor: bool = False,
    parent_number: int | None = None,
    merged_number: int | None = None,
    cause: Revision | None = None,
    accepted: Acceptance | None = None,
    origin: Provenance | None = None,
) -> Revision:
    """Add the next revision of `page`, make it the current one and announce it to the index.

    With `derived`, its rendering and tags are stored, too; otherwise the stored ones remain. A
    revision with a `cause` in another page doesn’t change the page’s last author and time. One with
    an `origin` is not announced to the index: that is up to the caller. Raises `LimitReached` if
    `by`, or who accepted it, has stored too much within a day.
    """
    writer = accepted.by if accepted else by
    text_hash = store_text(session, content.text, writer)
    was_status, was_challenge = page.status, page.kind == CHALLENGE
    _update_page(session, page, content)
    revision = Revision(
        **_repeated_values(page, content),
        **_credit(by, accepted, origin),
        action=action,
        text_hash=text_hash,
        summary=clean_summary(summary),
        is_minor=is_minor,
        parent_number=parent_number or page.revision_count - 1 or None,
        merged_number=merged_number,
        cause_id=cause.id if cause else None,
    )
    if cause is None:
        at = revision.created_at
        page.updated_at = max(at, page.updated_at) if origin else at
        page.updated_by_id = revision.author_id
    session.add(revision)
    session.flush()
    _announce_revision(session, page, revision, was_status, is_news=origin is None)
    if derived is not None:
        # Whoever accepts a revision has reviewed it.
        update_withheld_links(session, page, revision, derived.columns["html"], by=writer)
        _store_derived(session, page, content, derived, was_challenge=was_challenge)
    return revision


def _update_page(session: Session, page: Page, content: Content) -> None:
    """Count a revision, and copy its content to the page’s row."""
    if path_key(content.title) != path_key(page.title):
        _redirect_old_title(session, page)
    page.revision_count = (page.revision_count or 0) + 1
    for name, value in page_values(content).items():
        setattr(page, name, value)


def _repeated_values(page: Page, content: Content) -> dict[str, Any]:
    """The columns of a revision that describe the page after it."""
    return {
        "page_id": page.id,
        "number": page.revision_count,
        "path": page.path,
        "title": content.title,
        "kind": content.kind,
        "tags": list(content.tags),
        "fields": dict(content.fields),
        "size": len(content.text),
    }


def _credit(
    by: User | None, accepted: Acceptance | None, origin: Provenance | None
) -> dict[str, Any]:
    """The columns of a revision for its time, its author, and who accepted it."""
    return {
        "created_at": origin.at if origin else utcnow(),
        "author_id": origin.author_id if origin else by.id if by else None,
        "author_name": (origin and origin.author_name) or None,
        "accepted_by_id": accepted.by.id if accepted else None,
        "is_improved": accepted is not None and accepted.is_improved,
    }


def _announce_revision(
    session: Session, page: Page, revision: Revision, was_status: str | None, *, is_news: bool
) -> None:
    if revision.action in ("delete", "undelete"):  # its whole history is hidden or visible again
        announce_past(session)
    if not is_news:
        return
    event = "removal" if revision.action == "delete" else "revision"
    announce(session, page.id, revision.id, event, actor_id=revision.author_id)
    is_solved = page.status == "solved" != was_status and revision.kind == CHALLENGE
    if is_solved and revision.number > 1:
        announce(session, page.id, revision.id, "solved", actor_id=revision.author_id)


def _store_derived(
    session: Session, page: Page, content: Content, derived: Derived, *, was_challenge: bool
) -> None:
    is_first = page.revision_count == 1
    store_rendering(session, page, derived, is_first=is_first)
    store_tags(session, page, content.tags, is_first=is_first)
    if was_challenge or content.kind == CHALLENGE:
        store_fingerprints(session, page.id, content, is_first=is_first)


def _redirect_old_title(session: Session, page: Page) -> None:
    """Redirect the page’s old title to it, if links by that title led to it.

    This keeps links working when titles change. Other pages’ paths and titles take precedence.
    """
    key = page.title_key
    # Keys of links are never truncated, those of long titles are.
    if not key or key == page.key or key != path_key(page.title):
        return
    if is_postgresql(session):
        # Whoever holds this lock is creating a page there; waiting could be a deadlock.
        lock = func.pg_try_advisory_xact_lock(func.hashtext(key))
        if not session.scalar(select(lock)):
            return
    if leads_by_title(session, page):
        left = {"path": page.title, "page_id": page.id}
        row = insert_into(session, Redirect).values(key=key, **left)
        session.execute(row.on_conflict_do_update(index_elements=["key"], set_=left))


def add_redirects(session: Session, page: Page, names: Iterable[str]) -> None:
    """Redirect `names`, which an import brought for the page, unless there are pages."""
    keys = {path_key(name): name[:PATH_LIMIT] for name in names}
    keys = {key: name for key, name in keys.items() if key and len(key) <= KEY_LIMIT}
    if not keys:
        return
    taken = select(Page.key).where(Page.key.in_(keys), Page.deleted_at.is_(None))
    for key in keys.keys() - set(session.scalars(taken)):
        row = insert_into(session, Redirect).values(key=key, path=keys[key], page_id=page.id)
        session.execute(row.on_conflict_do_nothing())


def leads_by_title(session: Session, page: Page) -> bool:
    """Whether a link by the page’s title leads to it: paths win, then titles in order of path."""
    key = page.title_key
    first = session.scalar(
        select(Page.id)
        .where(or_(Page.key == key, Page.title_key == key), Page.deleted_at.is_(None))
        .order_by((Page.key == key).desc(), Page.path)
        .limit(1)
    )
    return first == page.id


def store_rendering(
    session: Session, page: Page, derived: Derived, *, is_first: bool = False
) -> None:
    """Replace the page’s stored rendering, links and file uses."""
    if not is_first:
        session.execute(delete(Rendering).where(Rendering.page_id == page.id))
        session.execute(delete(Link).where(Link.from_page_id == page.id))
    now = {"page_id": page.id, "revision_number": page.revision_count}
    session.execute(insert(Rendering).values(**now, **derived.columns))
    if derived.links:
        links = derived.links.items()
        rows = [{"from_page_id": page.id, "to_key": key, **row} for key, row in links]
        session.execute(insert(Link), rows)
    store_uses(session, page.id, derived.file_ids, derived.file_keys, is_first=is_first)


def page_values(content: Content) -> dict[str, Any]:
    """The columns of the page’s row that copy its current content."""
    return {
        "title": content.title,
        "title_key": path_key(content.title)[:KEY_LIMIT],
        "kind": content.kind,
        "status": _text_field(content.fields, "status", 32) or None,
        "summary": _text_field(content.fields, "summary", 500),
        "position": position_of(content.fields),
    }


def store_tags(
    session: Session, page: Page, tags: tuple[str, ...], *, is_first: bool = False
) -> None:
    """Replace the stored tags of the page.

    With `is_first`, the page is new and has none to delete.
    """
    if not is_first:
        session.execute(delete(Tag).where(Tag.page_id == page.id))
    if tags:
        rows = [{"page_id": page.id, "key": path_key(tag), "name": tag} for tag in tags]
        session.execute(insert(Tag), rows)


def _text_field(fields: Mapping[str, Any], name: str, limit: int) -> str:
    value = fields.get(name, "")
    return value[:limit] if isinstance(value, str) else ""
