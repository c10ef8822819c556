"""The states and history of a proposal: locking, closing, announcing."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.community.proposals.errors import ProposalAmended, ProposalDecided, ProposalNotFound
from wiki.community.proposals.models import (
    REASON_LIMIT,
    UNDECIDED,
    Proposal,
    ProposalEvent,
    ProposalPage,
    ProposalState,
)
from wiki.database import FOR_CHANGE, utcnow
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity
from wiki.search.outbox import announce

# Kinds of events with the id of a `ProposalEvent`: for watchers of the page, and for the author.
PROPOSAL, DECISION = "proposal", "decision"
DECISIONS = (ProposalState.ASKED, ProposalState.DECLINED, ProposalState.ACCEPTED)


def lock_proposal(session: Session, proposal_id: int) -> Proposal:
    """Lock and reload the proposal; this lock comes before those of its pages.

    Raises `ProposalNotFound`.
    """
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    proposal: Proposal | None = session.scalar(query.execution_options(populate_existing=True))
    if proposal is None:
        raise ProposalNotFound(proposal_id)
    return proposal


def lock_own(
    session: Session, proposal_id: int, author_id: int, version: int | None = None
) -> Proposal:
    """Lock an undecided proposal of this author.

    Raises `ProposalNotFound`, and what `check_undecided` does.
    """
    proposal = lock_proposal(session, proposal_id)
    if proposal.author_id != author_id:
        raise ProposalNotFound(proposal_id)
    check_undecided(proposal, version)
    return proposal


def check_undecided(proposal: Proposal, version: int | None = None) -> None:
    """Raises `ProposalDecided`, and `ProposalAmended` if it has another version than `version`."""
    if proposal.state not in UNDECIDED:
        raise ProposalDecided
    if version is not None and proposal.version != version:
        raise ProposalAmended(proposal.version)


def close(
    session: Session, proposal: Proposal, state: ProposalState, *, by_id: int, reason: str = ""
) -> None:
    """Set the final state of a locked proposal, and log the event."""
    proposal.state, proposal.reason = state, reason
    proposal.decided_by_id, proposal.decided_at = by_id, utcnow()
    session.flush()
    log_event(session, proposal, state, by_id=by_id, reason=reason)
    show_count(session, proposal)


def log_event(
    session: Session, proposal: Proposal, action: str, *, by_id: int, reason: str = ""
) -> None:
    """Add an entry to a proposal's history, and announce it."""
    entry = ProposalEvent(
        proposal_id=proposal.id,
        action=action,
        by_id=by_id,
        version=proposal.version,
        reason=reason[:REASON_LIMIT],
    )
    session.add(entry)
    session.flush()
    first = session.scalar(
        select(ProposalPage.page_id)
        .where(ProposalPage.proposal_id == proposal.id, ProposalPage.replaced_in.is_(None))
        .order_by(ProposalPage.number)
        .limit(1)
    )
    # A reminder is logged under its recipient, who isn't the actor.
    actor_id = None if action == "reminded" else by_id
    event = DECISION if action in (*DECISIONS, "reminded") else PROPOSAL
    announce(session, first or 0, None, event, actor_id=actor_id, subject_id=entry.id)


def lock_activity(session: Session, page_ids: Collection[int | None]) -> None:
    """Lock the pages that will show another number, deleted ones too, in the common order."""
    ids = sorted({id_ for id_ in page_ids if id_ is not None})
    query = select(Page.id).where(Page.id.in_(ids)).order_by(Page.id).with_for_update(**FOR_CHANGE)
    session.execute(query)


def show_count(session: Session, proposal: Proposal) -> None:
    """Update whether the proposal is counted on its page.

    Only if it has one page: otherwise, the page's readers may not be allowed to see the others.
    """
    query = select(ProposalPage).where(
        ProposalPage.proposal_id == proposal.id, ProposalPage.replaced_in.is_(None)
    )
    parts = session.scalars(query.order_by(ProposalPage.page_id)).all()
    is_counted = proposal.state in UNDECIDED and len(parts) == 1
    for part in parts:
        part.is_counted = is_counted and part.page_id is not None
        if part.page_id is not None:
            raise_activity(session, part.page_id)
    session.flush()
