"""Applies changes made in a single-file hub: each is saved as if it were typed today, based on the
revision that it started from. Where its author may only read, it is proposed.
"""

from collections.abc import Sequence
from dataclasses import replace

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_edit, can_propose, can_read_at, can_write_at
from wiki.access.save_limits import count_save
from wiki.accounts.models import User
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.database import db
from wiki.hub.offline.base_revisions import base_number, revision_with
from wiki.hub.offline.change_file import ChangedPage
from wiki.hub.offline.continued_changes import rebased, submitted_content
from wiki.hub.offline.fallback_drafts import draft_key_of, save_fallback_draft
from wiki.hub.offline.propose_changes import ProposedChange, propose_all
from wiki.hub.offline.results import ChangeOutcome, PageResult
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.naming import NameRefused, path_key
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken, TextTooLong
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page, visible_page_by_id
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.revision_store import load_content_or_empty
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
    """Save or propose each of the pages; returns the results in the same order.

    Changes submitted before have no effect. What can’t be saved is kept as a draft. Needs a
    request context, since drafts are made of forms. Raises `Forbidden`, `StorageUnavailable`.
    """
    if not can_propose(viewer):
        raise Forbidden
    giver = _ChangeApplier(by, viewer)
    results = [giver.take(change) for change in changes]
    asked = [each for each in results if isinstance(each, ProposedChange)]
    proposed = iter(propose_all(asked, by=by, viewer=viewer))
    return [next(proposed) if isinstance(each, ProposedChange) else each for each in results]


class _ChangeApplier:
    """Applies the changes of one person."""

    def __init__(self, by: User, viewer: Viewer) -> None:
        self._by = by
        self._viewer = viewer

    def take(self, change: ChangedPage) -> PageResult | ProposedChange:
        """The outcome for a page, or what to propose."""
        try:
            if change.page_id is None:
                return self._new(change)
            page = visible_page_by_id(self._viewer, change.page_id)
            base = base_number(page.id, change.base, change.base_hash)
        except tuple(_REASONS) as error:
            return self._refused(change, _REASONS[type(error)])
        if base is None:
            return self._refused(change, "foreign")
        return self._edited(change, page, base)

    def _edited(self, change: ChangedPage, page: Page, base: int) -> PageResult | ProposedChange:
        title, path, page_id = page.title, page.path, page.id
        before = load_content_or_empty(db.session(), page.id, base)
        try:
            content = _changed(before, change)
            if content == before:
                return PageResult(title, ChangeOutcome.UNCHANGED, path)
            if number := revision_with(page.id, content, base):
                return PageResult(title, ChangeOutcome.UNCHANGED, path, number)
            if not can_edit(self._viewer, page):
                return ProposedChange(
                    change, page, ProposedPage(content, page_id=page.id, base_revision=base)
                )
            base, content = rebased(page, base, content, submitted_content(before, change))
            return self._saved(change, content, page, base)
        except EditConflict:
            draft = save_fallback_draft(change, content, by=self._by, page_id=page_id, base=base)
            return PageResult(title, ChangeOutcome.CONFLICT, path, draft_id=draft)
        except tuple(_REASONS) as error:
            typed = replace(before, title=change.title, text=change.text, tags=change.tags)
            draft = save_fallback_draft(change, typed, by=self._by, page_id=page_id, base=base)
            reason = _REASONS[type(error)]
            return PageResult(title, ChangeOutcome.REFUSED, path, draft_id=draft, reason=reason)

    def _saved(self, change: ChangedPage, content: Content, page: Page, base: int) -> PageResult:
        count_save(self._viewer)
        key = draft_key_of(change)
        edit = Edit(content, base, summary=change.summary, draft_key=key)
        saved = save_edit(page.id, edit, by=self._by)
        outcome = ChangeOutcome.MERGED if saved.merged_with else ChangeOutcome.SAVED
        if saved.is_unchanged:
            outcome = ChangeOutcome.UNCHANGED
        return PageResult(content.title, outcome, saved.path, saved.number)

    def _new(self, change: ChangedPage) -> PageResult | ProposedChange:
        nothing = Content("", "", DEFAULT_KIND)
        content = _changed(nothing, change)
        path = path_for(content.title, content.kind, change.path)
        if page := self._page_at(path):
            return self._there(change, content, submitted_content(nothing, change), page)
        if not can_write_at(self._viewer, path):
            if not can_read_at(self._viewer, path):
                raise PathForbidden(path)
            return ProposedChange(change, None, ProposedPage(content, path=path))
        count_save(self._viewer)
        made = create_page(
            content,
            by=self._by,
            viewer=self._viewer,
            path=path,
            summary=change.summary,
            draft_key=draft_key_of(change),
        )
        return PageResult(content.title, ChangeOutcome.CREATED, made.path, made.number)

    def _page_at(self, path: str) -> Page | None:
        """The page whose current path this is; a former path is free for a new page."""
        try:
            page = visible_page(self._viewer, path)
        except PageNotFound:
            return None
        return page if page.key == path_key(path) else None

    def _there(
        self, change: ChangedPage, content: Content, given: Content | None, page: Page
    ) -> PageResult | ProposedChange:
        """There already is a page where a new one was written: perhaps this one, submitted earlier
        and continued since.
        """
        if number := revision_with(page.id, content, 0):
            return PageResult(page.title, ChangeOutcome.UNCHANGED, page.path, number)
        if given is not None and (number := revision_with(page.id, given, 0)):
            return self._edited(change, page, number)
        return self._refused(change, "taken")

    def _refused(self, change: ChangedPage, reason: str) -> PageResult:
        content = Content(change.title, change.text, DEFAULT_KIND, change.tags)
        draft = save_fallback_draft(change, content, by=self._by, page_id=None)
        return PageResult(change.title, ChangeOutcome.REFUSED, reason=reason, draft_id=draft)


def _changed(before: Content, change: ChangedPage) -> Content:
    """Raises `NameRefused`, `TextTooLong`."""
    return clean_content(replace(before, title=change.title, text=change.text, tags=change.tags))
