"""Giving changes back: each is saved as if it were typed today, from the revision that it was begun
with; where its writer may only read, it is proposed."""

from collections.abc import Sequence
from dataclasses import replace

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_edit, can_propose, can_read_at, can_write_at
from wiki.accounts.models import User
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.database import db
from wiki.hub.offline.base_revisions import base_number, revision_with
from wiki.hub.offline.change_file import ChangedPage
from wiki.hub.offline.fallback_drafts import save_fallback_draft
from wiki.hub.offline.propose_changes import Asked, propose_all
from wiki.hub.offline.results import ChangeOutcome, PageResult
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.naming import NameRefused
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken, TextTooLong
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page, visible_page_by_id
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.store import load_content_or_empty
from wiki.pages.writing.write import Edit, create_page, path_for, save_edit
from wiki.rate_limits import LimitReached

_REASONS: dict[type[Exception], str] = {
    PageNotFound: "missing",
    PathTaken: "taken",
    PathForbidden: "closed",
    NameRefused: "name",
    TextTooLong: "too-long",
    LimitReached: "limit",
}


def apply_changes(changes: Sequence[ChangedPage], *, by: User, viewer: Viewer) -> list[PageResult]:
    """Save or propose each of the pages; the results in their order.

    What was given back before changes nothing. What can't be taken is kept as a draft. Needs a
    request, as forms do. Raises `Forbidden`, `StorageUnavailable`.
    """
    if not can_propose(viewer):
        raise Forbidden
    giver = _Giver(by, viewer)
    results = [giver.take(change) for change in changes]
    asked = [each for each in results if isinstance(each, Asked)]
    proposed = iter(propose_all(asked, by=by, viewer=viewer))
    return [next(proposed) if isinstance(each, Asked) else each for each in results]


class _Giver:
    """Takes the pages of one person."""

    def __init__(self, by: User, viewer: Viewer) -> None:
        self._by = by
        self._viewer = viewer

    def take(self, change: ChangedPage) -> PageResult | Asked:
        """What became of a page, or what is to be proposed."""
        try:
            return self._new(change) if change.page_id is None else self._edited(change)
        except tuple(_REASONS) as error:
            return self._refused(change, _REASONS[type(error)])

    def _edited(self, change: ChangedPage) -> PageResult | Asked:
        page = visible_page_by_id(self._viewer, change.page_id or 0)
        base = base_number(page.id, change.base, change.base_hash)
        if base is None:
            return self._refused(change, "foreign")
        before = load_content_or_empty(db.session(), page.id, base)
        content = _changed(before, change)
        if content == before:
            return PageResult(page.title, ChangeOutcome.UNCHANGED, page.path)
        if number := revision_with(page.id, content, base):
            return PageResult(page.title, ChangeOutcome.UNCHANGED, page.path, number)
        if not can_edit(self._viewer, page):
            proposed = ProposedPage(content, page_id=page.id, base_revision=base)
            return Asked(change, page, proposed)
        return self._saved(change, content, page, base)

    def _saved(self, change: ChangedPage, content: Content, page: Page, base: int) -> PageResult:
        edit = Edit(content, base, summary=change.summary, has_editor=False)
        title, path, page_id = page.title, page.path, page.id
        try:
            saved = save_edit(page_id, edit, by=self._by)
        except EditConflict:
            draft = save_fallback_draft(change, content, by=self._by, page_id=page_id, base=base)
            return PageResult(title, ChangeOutcome.CONFLICT, path, draft_id=draft)
        outcome = ChangeOutcome.MERGED if saved.merged_with else ChangeOutcome.SAVED
        if saved.is_unchanged:
            outcome = ChangeOutcome.UNCHANGED
        return PageResult(content.title, outcome, saved.path, saved.number)

    def _new(self, change: ChangedPage) -> PageResult | Asked:
        content = _changed(Content("", "", DEFAULT_KIND), change)
        path = path_for(content.title, content.kind, change.path)
        try:
            return self._there(change, content, visible_page(self._viewer, path))
        except PageNotFound:
            pass
        if not can_write_at(self._viewer, path):
            if not can_read_at(self._viewer, path):
                raise PathForbidden(path)
            return Asked(change, None, ProposedPage(content, path=path))
        made = create_page(
            content,
            by=self._by,
            viewer=self._viewer,
            path=path,
            summary=change.summary,
            draft_key=None,
        )
        return PageResult(content.title, ChangeOutcome.CREATED, made.path, made.number)

    def _there(self, change: ChangedPage, content: Content, page: Page) -> PageResult:
        """There is a page already where a new one was written: perhaps this one."""
        if number := revision_with(page.id, content, 0):
            return PageResult(page.title, ChangeOutcome.UNCHANGED, page.path, number)
        draft = save_fallback_draft(change, content, by=self._by, page_id=page.id)
        outcome = ChangeOutcome.CONFLICT if can_edit(self._viewer, page) else ChangeOutcome.REFUSED
        reason = "taken" if outcome is ChangeOutcome.REFUSED else ""
        return PageResult(page.title, outcome, page.path, draft_id=draft, reason=reason)

    def _refused(self, change: ChangedPage, reason: str) -> PageResult:
        content = Content(change.title, change.text, DEFAULT_KIND, change.tags)
        draft = save_fallback_draft(change, content, by=self._by, page_id=None)
        return PageResult(change.title, ChangeOutcome.REFUSED, reason=reason, draft_id=draft)


def _changed(before: Content, change: ChangedPage) -> Content:
    """Raises `NameRefused`, `TextTooLong`."""
    return clean_content(replace(before, title=change.title, text=change.text, tags=change.tags))
