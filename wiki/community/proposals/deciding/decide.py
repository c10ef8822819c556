"""Deciding on a proposal, by whoever may edit all of its pages now.

Accepting is the ordinary write with the proposal's base revision: what changed meanwhile is merged,
and a conflict stores nothing. All pages of a proposal are written in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.access.rulebook import rule_in_force
from wiki.accounts.models import User
from wiki.community.proposals.errors import (
    PageUnavailable,
    ProposalAmended,
    ProposalNotFound,
)
from wiki.community.proposals.lifecycle import (
    check_undecided,
    close,
    lock_activity,
    lock_proposal,
    log_event,
)
from wiki.community.proposals.models import Proposal, ProposalPage, ProposalState
from wiki.community.proposals.proposing.parts import (
    ProposedPage,
    content_of,
    current_parts,
    put_parts,
)
from wiki.community.proposals.proposing.propose import cleaned
from wiki.community.proposals.visibility import can_decide
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page
from wiki.pages.writing.conflicts import Conflict, EditConflict
from wiki.pages.writing.content import Content
from wiki.pages.writing.derived import Derived, derive
from wiki.pages.writing.drafts import discard_saved_draft
from wiki.pages.writing.store import Acceptance, claim_path, lock_pages
from wiki.pages.writing.write import (
    UNLOCKED_ATTEMPTS,
    Edit,
    PreparedEdit,
    SaveResult,
    commit_edit,
    insert_page,
    prepare_edit,
)


class PartConflict(EditConflict):
    """The part `number` of a proposal overlaps with what its page holds now; nothing was stored."""

    def __init__(self, conflict: Conflict, number: int) -> None:
        super().__init__(conflict)
        self.number = number


class PartPathTaken(PathTaken):
    """The part `number` of a proposal is a new page, and by now another one has its path."""

    def __init__(self, path: str, number: int) -> None:
        super().__init__(path)
        self.number = number


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The part `number`, merged and rendered: an edit of its page, or a new page.

    `mine` is what the part held when it was read.
    """

    part_id: int
    number: int
    mine: Content
    edit: PreparedEdit | None = None
    new: Derived | None = None


def accept(
    proposal_id: int, *, by: User, viewer: Viewer, version: int, draft_key: str = ""
) -> list[SaveResult]:
    """Write all pages of a proposal, which was looked at in `version`; the results in order.

    Each revision's author is the proposer; `by` is recorded as having accepted it. `draft_key` is
    that of the editor in which they improved it, whose draft is discarded. Raises
    `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`, `Forbidden`, `PageUnavailable`,
    `PartConflict`, `PartPathTaken`, `LimitReached`, `StorageUnavailable`.
    """
    decider_id = by.id
    for attempt in range(UNLOCKED_ATTEMPTS + 1):
        # Rendering takes time, so it is done before any lock is taken; at last under it.
        is_last = attempt == UNLOCKED_ATTEMPTS
        prepared = [] if is_last else _prepare_unlocked(proposal_id, viewer, version)
        with write_transaction() as session:
            proposal = lock_proposal(session, proposal_id)
            parts = _checked_parts(session, proposal, viewer, version)
            parts = _lock_all(session, parts)
            if is_last:
                prepared = [_prepare(session, part) for part in parts]
            if _are_current(prepared, parts):
                by = session.get_one(User, decider_id)
                results = _write(session, proposal, prepared, by=by)
                if draft_key:
                    discard_saved_draft(session, by, 0, draft_key=draft_key, title="")
                return results
    raise ProposalAmended(version)


def _prepare_unlocked(proposal_id: int, viewer: Viewer, version: int) -> list[_Prepared]:
    session = db.session()
    proposal = session.get(Proposal, proposal_id, populate_existing=True)
    if proposal is None:
        raise ProposalNotFound(proposal_id)
    parts = _checked_parts(session, proposal, viewer, version)
    return [_prepare(session, part) for part in parts]


def _prepare(session: Session, part: ProposalPage) -> _Prepared:
    """Merge and render a part. Raises `PageUnavailable`, `PartConflict`."""
    if part.is_erased or (part.page is not None and part.page.deleted_at is not None):
        raise PageUnavailable
    content = content_of(part)
    if part.page_id is None:
        new = derive(render(content.text, path=part.path))
        return _Prepared(part.id, part.number, content, new=new)
    try:
        edit = prepare_edit(session, part.page_id, content, part.base_revision)
    except EditConflict as error:
        raise PartConflict(error.conflict, part.number) from error
    return _Prepared(part.id, part.number, content, edit=edit)


def _lock_all(session: Session, parts: Sequence[ProposalPage]) -> Sequence[ProposalPage]:
    """Lock what accepting `parts` writes, in one order for all; the parts as they are by then.

    Rules come first, then pages by id, then parts, then paths by key, as renames and erasures take
    them. Raises `PageUnavailable`, `PartPathTaken`.
    """
    new = sorted((part for part in parts if part.page_id is None), key=lambda part: part.key)
    for part in new:
        rule_in_force(session, part.key)
    ids = [part.page_id for part in parts if part.page_id is not None]
    if len(lock_pages(session, ids)) != len(ids):
        raise PageUnavailable
    # Read again: an erasure holds the pages while it changes what is proposed of them.
    parts = current_parts(session, parts[0].proposal_id, is_locked=True)
    for part in new:
        try:
            claim_path(session, part.path)
        except PathTaken as error:
            raise PartPathTaken(error.path, part.number) from error
    return parts


def _are_current(prepared: Sequence[_Prepared], parts: Sequence[ProposalPage]) -> bool:
    """Whether locked parts and their pages are what was prepared.

    The words may be others, or none, although the version is the same: an erasure isn't a version.
    """
    return len(prepared) == len(parts) and all(
        each.part_id == part.id
        and each.mine == content_of(part)
        and not part.is_erased
        and (each.edit is None or (part.page and each.edit.onto == part.page.revision_count))
        for each, part in zip(prepared, parts, strict=True)
    )


def _write(
    session: Session, proposal: Proposal, prepared: Sequence[_Prepared], *, by: User
) -> list[SaveResult]:
    author = session.get_one(User, proposal.author_id)
    saved = [_write_part(session, proposal, each, author, by) for each in prepared]
    close(session, proposal, ProposalState.ACCEPTED, by_id=by.id)
    return saved


def _write_part(
    session: Session, proposal: Proposal, prepared: _Prepared, author: User, by: User
) -> SaveResult:
    part, content = session.get_one(ProposalPage, prepared.part_id), prepared.mine
    # Who accepts their own, having been given the right since, has just saved it.
    is_own = author.id == by.id
    accepted = None if is_own else Acceptance(by, is_improved=part.by_id != author.id)
    if prepared.edit is not None and part.page_id is not None:
        page = session.get_one(Page, part.page_id)
        edit = Edit(content, part.base_revision, proposal.title)
        return commit_edit(session, page, prepared.edit, edit, by=author, accepted=accepted)
    derived = prepared.new or derive(render(content.text, path=part.path))
    page = insert_page(
        session,
        part.path,
        content,
        derived,
        by=author,
        summary=proposal.title,
        accepted=accepted,
    )
    part.page_id = page.id  # from now on its rule is that of the page
    return SaveResult(page.id, page.path, page.revision_count)


def improve(
    proposal_id: int,
    pages: Sequence[ProposedPage],
    *,
    by: User,
    viewer: Viewer,
    version: int,
    without: Sequence[int] = (),
    made_of: Mapping[int, Content] | None = None,
) -> int:
    """Write other words into parts of a proposal, when deciding on it; returns its new version.

    What its author wrote is kept as the version before. `made_of` is what the parts held, by their
    numbers, if the words were made of it and not typed. Raises what `accept` does, and
    `NothingProposed`, `NameRefused`, `TextTooLong`, `PathForbidden`, `PathTaken`.
    """
    decider_id, pages = by.id, cleaned(pages)
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        parts = _checked_parts(session, proposal, viewer, version)
        lock_activity(session, {part.page_id for part in parts})
        parts = current_parts(session, proposal_id, is_locked=True)
        held = {part.number: content_of(part) for part in parts}
        if made_of is not None and made_of != held:
            raise ProposalAmended(proposal.version)  # some words were erased
        proposal.version += 1
        by = session.get_one(User, decider_id)
        put_parts(session, proposal, pages, by=by, viewer=viewer, without=without)
        log_event(session, proposal, "improved", by_id=decider_id)
        return proposal.version


def ask_for_changes(
    proposal_id: int, reason: str, *, by: User, viewer: Viewer, version: int
) -> None:
    """Ask the author for changes. Raises what `decline` does."""
    decider_id = by.id
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        _checked_parts(session, proposal, viewer, version)
        proposal.state = ProposalState.ASKED
        log_event(session, proposal, ProposalState.ASKED, by_id=decider_id, reason=reason)


def decline(proposal_id: int, reason: str, *, by: User, viewer: Viewer, version: int) -> None:
    """Decline a proposal with a reason, which its author reads.

    Raises `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`, `Forbidden`.
    """
    decider_id = by.id
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        _checked_parts(session, proposal, viewer, version)
        close(session, proposal, ProposalState.DECLINED, by_id=decider_id, reason=reason)


def _checked_parts(
    session: Session, proposal: Proposal, viewer: Viewer, version: int
) -> Sequence[ProposalPage]:
    """The parts of a proposal, if `viewer` may decide on them as they looked at them."""
    parts = current_parts(session, proposal.id)
    if not can_decide(viewer, parts):
        raise Forbidden
    check_undecided(proposal, version)
    return parts
