"""Accepts a proposal: makes the ordinary writes to its pages in one transaction.

Edits have the proposal's base revision, so later changes are merged; with a conflict, nothing is
stored. Renames and deletions are the usual ones, with redirects, updated links and a history.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer
from wiki.access.rulebook import raise_access_version, rule_in_force
from wiki.accounts.models import User
from wiki.community.proposals.comparison import is_overtaken
from wiki.community.proposals.deciding.decide import checked_parts
from wiki.community.proposals.errors import (
    PageOvertaken,
    PageUnavailable,
    ProposalAmended,
    ProposalNotFound,
)
from wiki.community.proposals.file_changes.carry_out import FileDecision, change_files
from wiki.community.proposals.lifecycle import close, lock_proposal
from wiki.community.proposals.models import PartAction, Proposal, ProposalPage, ProposalState
from wiki.community.proposals.proposing.parts import (
    content_of,
    current_parts,
    first_duplicate,
)
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page
from wiki.pages.moving.mover import Mover, MoveTarget, PlannedRevision
from wiki.pages.writing.conflicts import Conflict, EditConflict
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived_data import Derived, derive
from wiki.pages.writing.drafts import discard_saved_draft
from wiki.pages.writing.revision_store import Acceptance, claim_path, lock_pages
from wiki.pages.writing.write import (
    UNLOCKED_ATTEMPTS,
    Edit,
    PreparedEdit,
    SaveResult,
    commit_edit,
    insert_page,
    mark_deleted,
    prepare_edit,
)


class PartConflict(EditConflict):
    """Part `number` of a proposal conflicts with its page's current text; nothing was stored."""

    def __init__(self, conflict: Conflict, number: int) -> None:
        super().__init__(conflict)
        self.number = number


class PartPathTaken(PathTaken):
    """The path that part `number` needs is taken by another page or, if `is_twice`, by a part."""

    def __init__(self, path: str, number: int, *, is_twice: bool = False) -> None:
        super().__init__(path, is_twice=is_twice)
        self.number = number


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Part `number`, merged and rendered: an edit of its page, or a new page.

    `mine` is the part's content when it was read, `onto` its page's revision then.
    """

    part_id: int
    number: int
    action: str
    mine: Content
    onto: int | None = None
    edit: PreparedEdit | None = None
    new: Derived | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """The prepared parts of a proposal, its renames, and the ids of pages that these write."""

    parts: Sequence[_Prepared]
    mover: Mover
    moved: frozenset[int] = frozenset()


def accept(
    proposal_id: int,
    *,
    by: User,
    viewer: Viewer,
    version: int,
    draft_key: str = "",
    files: FileDecision | None = None,
) -> list[SaveResult]:
    """Write all pages of a proposal that was reviewed in `version`; returns the results in order.

    Each revision's author is the proposer; `by` is recorded as having accepted it. `draft_key`
    names the draft of the editor in which they improved it; the draft is discarded. Raises
    `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`, `Forbidden`, `PageUnavailable`,
    `FileOvertaken`, `PartConflict`, `PageOvertaken`, `PartPathTaken`, `TooManyPages`,
    `LimitReached`, `StorageUnavailable`.
    """
    decider_id = by.id
    for attempt in range(UNLOCKED_ATTEMPTS + 1):
        # Rendering takes time, so it is done before locking; only in the last try under the lock.
        plan = _prepare_unlocked(proposal_id, viewer, version)
        with write_transaction() as session:
            proposal = lock_proposal(session, proposal_id)
            parts = checked_parts(session, proposal, viewer, version)
            parts, pages = _lock_all(session, parts, plan.moved)
            if attempt == UNLOCKED_ATTEMPTS:
                plan = replace(plan, parts=[_prepare(session, part) for part in parts])
            if _are_current(plan.parts, parts) and _moved(session, plan, parts) <= pages.keys():
                by = session.get_one(User, decider_id)
                change_files(session, proposal, files or FileDecision(), viewer)
                results = _write(session, proposal, plan, pages, by=by)
                if draft_key:
                    discard_saved_draft(session, by, 0, draft_key=draft_key, title="")
                return results
            session.rollback()  # undoes the removal of redirects from paths that were claimed
    raise ProposalAmended(version)


def _prepare_unlocked(proposal_id: int, viewer: Viewer, version: int) -> _Plan:
    session = db.session()
    proposal = session.get(Proposal, proposal_id, populate_existing=True)
    if proposal is None:
        raise ProposalNotFound(proposal_id)
    parts = checked_parts(session, proposal, viewer, version)
    plan = _Plan([_prepare(session, part) for part in parts], Mover(with_links=True, viewer=viewer))
    steps = _steps(session, plan, parts)
    plan.mover.render(steps)
    return replace(plan, moved=frozenset(step.page_id for step in steps))


def _prepare(session: Session, part: ProposalPage) -> _Prepared:
    """Merge and render a part. Raises `PageUnavailable`, `PartConflict`, `PageOvertaken`."""
    page, content = part.page, content_of(part)
    if part.is_erased or (page is not None and page.deleted_at is not None):
        raise PageUnavailable
    prepared = _Prepared(part.id, part.number, part.action, content)
    if page is None:
        return replace(prepared, new=derive(render(content.text, path=part.path)))
    if is_overtaken(part, page):
        raise PageOvertaken(part.number)
    if part.action == PartAction.DELETE:
        return replace(prepared, onto=page.revision_count)
    try:
        edit = prepare_edit(session, page.id, content, part.base_revision)
    except EditConflict as error:
        raise PartConflict(error.conflict, part.number) from error
    return replace(prepared, onto=edit.onto, edit=edit)


def _steps(
    session: Session, plan: _Plan, parts: Sequence[ProposalPage]
) -> Sequence[PlannedRevision]:
    """The revisions that the renames make, including those of pages with updated links."""
    targets = []
    for part, prepared in zip(parts, plan.parts, strict=True):
        page, edit = part.page, prepared.edit
        if part.action == PartAction.RENAME and page is not None and edit is not None:
            title = edit.content.title
            if (part.path, title) != (page.path, page.title):
                targets.append(MoveTarget(page.id, part.path, title))
    return plan.mover.plan(session, targets) if targets else ()


def _moved(session: Session, plan: _Plan, parts: Sequence[ProposalPage]) -> set[int]:
    return {step.page_id for step in _steps(session, plan, parts)}


def _lock_all(
    session: Session, parts: Sequence[ProposalPage], moved: Collection[int]
) -> tuple[Sequence[ProposalPage], dict[int, Page]]:
    """Lock everything that accepting `parts` writes; returns the current parts and pages (by id).

    The order is rules, pages by id, parts, paths by key, as in renames and erasures. Raises
    `PageUnavailable`, `PartPathTaken`.
    """
    placed = sorted((part for part in parts if part.key), key=lambda part: part.key)
    if any(part.action == PartAction.RENAME for part in parts):
        raise_access_version(session)
    for part in placed:
        rule_in_force(session, part.key)
    ids = {part.page_id for part in parts if part.page_id is not None}
    pages = lock_pages(session, ids | set(moved))
    if not ids <= pages.keys():
        raise PageUnavailable
    # Read again: an erasure changes proposed texts while it holds the pages.
    parts = current_parts(session, parts[0].proposal_id, is_locked=True)
    if (second := first_duplicate(parts)) is not None:
        raise PartPathTaken(second.path, second.number, is_twice=True)
    leaving = [part.page_id for part in parts if part.action in ("rename", "delete")]
    for part in placed:
        try:
            claim_path(session, part.path, besides=[id_ for id_ in leaving if id_])
        except PathTaken as error:
            raise PartPathTaken(error.path, part.number) from error
    return parts, pages


def _are_current(prepared: Sequence[_Prepared], parts: Sequence[ProposalPage]) -> bool:
    """Whether the locked parts and their pages are still those that were prepared.

    The content is compared too, since an erasure changes it without a new version.
    """
    return len(prepared) == len(parts) and all(
        each.part_id == part.id
        and each.mine == content_of(part)
        and not part.is_erased
        and each.onto == (part.page.revision_count if part.page else None)
        for each, part in zip(prepared, parts, strict=True)
    )


def _write(
    session: Session, proposal: Proposal, plan: _Plan, pages: dict[int, Page], *, by: User
) -> list[SaveResult]:
    """Write all parts: those that free a path come before those that take it."""
    parts = current_parts(session, proposal.id)
    writer = _Writer(session, proposal, by)
    saved = {
        part.number: writer.write(part, each)
        for each, part in zip(plan.parts, parts, strict=True)
        if part.page is not None
    }
    if steps := _steps(session, plan, parts):
        moved = [part for part in parts if part.action == PartAction.RENAME]
        told = {**writer.told, "accepted": writer.acceptance(*moved)}
        plan.mover.carry_out(session, steps, pages, **told)
        saved |= {part.number: _result(pages[part.page_id or 0]) for part in moved}
    for each, part in zip(plan.parts, parts, strict=True):
        if part.page is None:
            saved[part.number] = writer.create(part, each)
    close(session, proposal, ProposalState.ACCEPTED, by_id=by.id)
    return [saved[each.number] for each in plan.parts]


class _Writer:
    """Writes parts of a proposal in its author's name; `told` are values of all its revisions."""

    def __init__(self, session: Session, proposal: Proposal, by: User) -> None:
        self._session = session
        self._title = proposal.title
        self._author = session.get_one(User, proposal.author_id)
        self._by = by
        self.told: dict[str, Any] = {"by": self._author, "summary": proposal.title}

    def acceptance(self, *parts: ProposalPage) -> Acceptance | None:
        """The record of who accepted; `None` if the author accepts their own proposal."""
        if self._author.id == self._by.id:
            return None
        return Acceptance(self._by, any(part.by_id != self._author.id for part in parts))

    def write(self, part: ProposalPage, prepared: _Prepared) -> SaveResult:
        """Edit or delete the page of a part. A rename sets title and path later."""
        page, edit, accepted = part.page, prepared.edit, self.acceptance(part)
        assert page is not None, "a new page is created"  # noqa: S101
        if edit is None:
            return mark_deleted(self._session, page, accepted=accepted, **self.told)
        if part.action == PartAction.RENAME:
            edit = replace(edit, content=replace(edit.content, title=page.title))
        typed = Edit(prepared.mine, part.base_revision, self._title)
        return commit_edit(self._session, page, edit, typed, by=self._author, accepted=accepted)

    def create(self, part: ProposalPage, prepared: _Prepared) -> SaveResult:
        """Create the page of a part."""
        accepted, new = self.acceptance(part), prepared.new
        page = insert_page(
            self._session, part.path, prepared.mine, new, accepted=accepted, **self.told
        )
        part.page_id = page.id  # from now on the page's access rule applies
        return _result(page)


def _result(page: Page) -> SaveResult:
    return SaveResult(page.id, page.path, page.revision_count)
