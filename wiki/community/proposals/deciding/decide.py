"""Deciding on a proposal, by who may edit all of its pages now.

Accepting is the ordinary write with the proposal's base revision: what changed meanwhile is merged,
and a conflict stores nothing. All pages of a proposal are written in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.access.rulebook import rule_in_force
from wiki.accounts.models import User
from wiki.community.proposals.errors import PageUnavailable, ProposalAmended
from wiki.community.proposals.lifecycle import check_undecided, close, lock_proposal, log_event
from wiki.community.proposals.models import Proposal, ProposalPage, State
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
from wiki.pages.writing.conflicts import Conflict, EditConflict
from wiki.pages.writing.derived import Derived, derive
from wiki.pages.writing.store import Acceptance, lock_pages
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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The part `number`, merged and rendered: an edit of its page, or a new page."""

    part_id: int
    number: int
    edit: PreparedEdit | None = None
    new: Derived | None = None


def accept(
    proposal_id: int, *, by: User, viewer: Viewer, version: int, draft_key: str = ""
) -> list[SaveResult]:
    """Write all pages of a proposal, which was looked at in `version`; the results in order.

    Each revision's author is the proposer; `by` stands beside as who accepted it. `draft_key` is
    that of the editor in which they improved it. Raises `ProposalNotFound`, `ProposalDecided`,
    `ProposalAmended`, `Forbidden`, `PageUnavailable`, `PartConflict`, `PathTaken`,
    `LimitReached`, `StorageUnavailable`.
    """
    decider_id = by.id
    for attempt in range(UNLOCKED_ATTEMPTS + 1):
        # Rendering takes time, so it is done before any lock is taken; at last under it.
        is_last = attempt == UNLOCKED_ATTEMPTS
        prepared = [] if is_last else _prepare_all(db.session(), proposal_id, viewer)
        with write_transaction() as session:
            proposal = lock_proposal(session, proposal_id)
            parts = _checked_parts(session, proposal, viewer, version)
            for part in parts:
                if part.page_id is None:
                    rule_in_force(session, part.key)  # before the pages, as a rename locks them
            ids = [part.page_id for part in parts if part.page_id is not None]
            pages = lock_pages(session, ids)
            if len(pages) != len(ids):
                raise PageUnavailable
            if is_last:
                prepared = _prepare_all(session, proposal_id, viewer)
            onto = [each.edit.onto for each in prepared if each.edit]
            if onto == [pages[id_].revision_count for id_ in ids]:
                return _write(session, proposal, prepared, by=session.get_one(User, decider_id))
    raise ProposalAmended(version)


def _prepare_all(session: Session, proposal_id: int, viewer: Viewer) -> list[_Prepared]:
    parts = current_parts(session, proposal_id)
    if not can_decide(viewer, parts):
        raise Forbidden
    return [_prepare(session, part) for part in parts]


def _prepare(session: Session, part: ProposalPage) -> _Prepared:
    """Merge and render a part. Raises `PageUnavailable`, `PartConflict`."""
    if part.is_erased or (part.page is not None and part.page.deleted_at is not None):
        raise PageUnavailable
    content = content_of(part)
    if part.page_id is None:
        new = derive(render(content.text, path=part.path))
        return _Prepared(part.id, part.number, new=new)
    try:
        edit = prepare_edit(session, part.page_id, content, part.base_revision)
    except EditConflict as error:
        raise PartConflict(error.conflict, part.number) from error
    return _Prepared(part.id, part.number, edit=edit)


def _write(
    session: Session, proposal: Proposal, prepared: Sequence[_Prepared], *, by: User
) -> list[SaveResult]:
    author = session.get_one(User, proposal.author_id)
    saved = []
    # New pages first: a path is locked before a page that is there is written.
    for each in sorted(prepared, key=lambda each: each.edit is not None):
        saved.append((each.number, _write_part(session, proposal, each, author, by)))
    close(session, proposal, State.ACCEPTED, by_id=by.id)
    return [result for _, result in sorted(saved, key=lambda pair: pair[0])]


def _write_part(
    session: Session, proposal: Proposal, prepared: _Prepared, author: User, by: User
) -> SaveResult:
    part = session.get_one(ProposalPage, prepared.part_id)
    content = content_of(part)
    # Who accepts their own, having been given the right since, has just saved it.
    is_own = author.id == by.id
    accepted = None if is_own else Acceptance(by, is_improved=part.by_id != author.id)
    if prepared.edit is not None and part.page_id is not None:
        page = lock_pages(session, [part.page_id])[part.page_id]
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
) -> int:
    """Write other words into parts of a proposal, as who decides on it; returns its new version.

    What its author wrote is kept as the version before. Raises what `accept` does, and
    `NothingProposed`, `NameRefused`, `TextTooLong`, `PlaceClosed`, `PathTaken`.
    """
    decider_id, pages = by.id, cleaned(pages)
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        _checked_parts(session, proposal, viewer, version)
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
        proposal.state = State.ASKED
        log_event(session, proposal, State.ASKED, by_id=decider_id, reason=reason)


def decline(proposal_id: int, reason: str, *, by: User, viewer: Viewer, version: int) -> None:
    """Decline a proposal with a reason, which its author reads.

    Raises `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`, `Forbidden`.
    """
    decider_id = by.id
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        _checked_parts(session, proposal, viewer, version)
        close(session, proposal, State.DECLINED, by_id=decider_id, reason=reason)


def _checked_parts(
    session: Session, proposal: Proposal, viewer: Viewer, version: int
) -> Sequence[ProposalPage]:
    """The parts of a locked proposal, if `viewer` may decide on them as they looked at them."""
    parts = current_parts(session, proposal.id)
    if not can_decide(viewer, parts):
        raise Forbidden
    check_undecided(proposal, version)
    return parts
