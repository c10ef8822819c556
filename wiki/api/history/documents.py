"""Builds responses about revisions, diffs and recent changes."""

from typing import Any

from wiki.access.permissions import Viewer
from wiki.accounts.errors import UserNotFound
from wiki.accounts.users import get_user
from wiki.api.cursors import part_by_place, read_cursor
from wiki.api.history.schemas import (
    ChangeItem,
    ChangeList,
    ChangesQuery,
    DetailChange,
    Difference,
    DiffLine,
    DiffQuery,
    DiffSpan,
    RevisionItem,
    RevisionList,
    RevisionQuery,
)
from wiki.pages.diffing.diff import DiffRow, Span, diff_texts
from wiki.pages.errors import RevisionErased
from wiki.pages.history.metadata_diff import metadata_changes
from wiki.pages.history.page_history import Change, page_history
from wiki.pages.history.recent_changes import ChangeFilter, ChangeGroup, recent_changes
from wiki.pages.models import Page
from wiki.pages.queries.revisions import load_revisions
from wiki.web.programs.problems import Problem


def author_id_of(name: str) -> int | None:
    """The id of the person whose changes are asked for. Raises `Problem` (400) if there is none."""
    try:
        return get_user(name).id if name else None
    except UserNotFound as error:
        words = "There is nobody with that name."
        raise Problem(400, "Invalid query", words, kind="query") from error


def revision_list(page: Page, query: RevisionQuery) -> RevisionList:
    """The revisions of a page, newest first, and the cursor of the next ones."""
    found = page_history(
        page.id,
        author_id=author_id_of(query.author),
        before=read_cursor(query),
        limit=query.limit + 1,
    )
    shown, cursor = part_by_place(query, found, lambda change: change.number)
    return RevisionList(items=[RevisionItem(**_values(each)) for each in shown], next=cursor)


def _values(change: Change) -> dict[str, Any]:
    return {
        "number": change.number,
        "action": change.action,
        "author": change.author,
        "author_name": change.author_name,
        "created_at": change.created_at,
        "summary": change.summary,
        "minor": change.is_minor,
        "title": change.title,
        "path": change.path_then,
        "size": change.size,
        "delta": change.delta,
        "parent": change.parent_number,
        "merged_with": change.merged_number,
        "accepted_by": change.accepted_by,
        "erased": change.erased_at is not None,
    }


def change_list(viewer: Viewer, query: ChangesQuery) -> ChangeList:
    """Recent changes that the viewer may see, newest first, and the cursor of the next ones."""
    wanted = ChangeFilter(
        author_id=author_id_of(query.person),
        kind=query.kind,
        hides=frozenset(query.hide),
        before_id=read_cursor(query),
    )
    found = recent_changes(viewer, wanted, limit=query.limit + 1)
    shown, cursor = part_by_place(query, found, lambda event: event.change.id)
    return ChangeList(items=[_change(each) for each in shown], next=cursor)


def _change(event: ChangeGroup) -> ChangeItem:
    change = event.change
    return ChangeItem(
        **_values(change),
        id=change.id,
        page=change.path,
        kind=change.kind,
        page_deleted=change.is_deleted,
        changed_others=event.caused_count,
    )


def difference(page: Page, query: DiffQuery) -> Difference:
    """The diff of two revisions. Raises `RevisionNotFound`, `RevisionErased`."""
    to = query.to or page.revision_count
    origin = query.from_ or max(1, to - 1)
    older, newer = load_revisions(page.id, [origin, to])
    if older.erased_at is not None or newer.erased_at is not None:
        raise RevisionErased
    diff = diff_texts(older.text, newer.text, query.context)
    details = [
        DetailChange(name=each.name, before=list(each.before), after=list(each.after))
        for each in metadata_changes(older, newer)
    ]
    return Difference.model_construct(
        path=page.path,
        from_=origin,
        to=to,
        added=diff.added,
        removed=diff.removed,
        details=details,
        lines=[_line(row) for row in diff.rows],
        is_cut=diff.is_cut,
    )


def _line(row: DiffRow) -> DiffLine:
    return DiffLine(
        kind=row.kind,
        old_number=row.left_number,
        new_number=row.right_number,
        old=[_span(span) for span in row.left],
        new=[_span(span) for span in row.right],
        count=row.count,
        moved=row.moved,
    )


def _span(span: Span) -> DiffSpan:
    return DiffSpan(text=span[0], changed=span[1])
