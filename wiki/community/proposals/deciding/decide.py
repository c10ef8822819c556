"""Decisions on a proposal other than accepting, for those who may edit all of its pages now."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.proposals.errors import AnswerMissing, ProposalAmended
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
from wiki.database import write_transaction
from wiki.letters import is_blank
from wiki.pages.writing.content import Content
from wiki.pages.writing.text_store import storable


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
    """Replace parts of a proposal while deciding on it; returns its new version.

    The previous version is kept. `without` are numbers of parts to remove. `made_of`, by part
    number, are the contents from which `pages` were derived, if they weren't typed. Raises what
    `accept` does, and `NothingProposed`, `NameRefused`, `TextTooLong`, `PathForbidden`,
    `PathTaken`.
    """
    decider_id, pages = by.id, cleaned(pages)
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        parts = checked_parts(session, proposal, viewer, version)
        lock_activity(session, {part.page_id for part in parts})
        parts = current_parts(session, proposal_id, is_locked=True)
        held = {part.number: content_of(part) for part in parts}
        if made_of is not None and made_of != held:
            raise ProposalAmended(proposal.version)  # some text was erased
        proposal.version += 1
        by = session.get_one(User, decider_id)
        put_parts(session, proposal, pages, by=by, viewer=viewer, without=without)
        log_event(session, proposal, "improved", by_id=decider_id)
        return proposal.version


def ask_for_changes(
    proposal_id: int, reason: str, *, by: User, viewer: Viewer, version: int
) -> None:
    """Ask the author for changes, with a reason. Raises what `decline` does."""
    decider_id, reason = by.id, _clean_reason(reason)
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        checked_parts(session, proposal, viewer, version)
        proposal.state = ProposalState.ASKED
        log_event(session, proposal, ProposalState.ASKED, by_id=decider_id, reason=reason)


def decline(proposal_id: int, reason: str, *, by: User, viewer: Viewer, version: int) -> None:
    """Decline a proposal, with a reason for its author.

    Raises `AnswerMissing`, `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`, `Forbidden`.
    """
    decider_id, reason = by.id, _clean_reason(reason)
    with write_transaction() as session:
        proposal = lock_proposal(session, proposal_id)
        checked_parts(session, proposal, viewer, version)
        close(session, proposal, ProposalState.DECLINED, by_id=decider_id, reason=reason)


def _clean_reason(reason: str) -> str:
    """A reason as it is stored. Raises `AnswerMissing`."""
    if is_blank(reason):
        raise AnswerMissing
    return storable(reason).strip()


def checked_parts(
    session: Session, proposal: Proposal, viewer: Viewer, version: int
) -> Sequence[ProposalPage]:
    """The parts of a proposal, after checking that `viewer` may decide on `version`.

    Raises `ProposalDecided`, `ProposalAmended`, `Forbidden`.
    """
    parts = current_parts(session, proposal.id)
    if not can_decide(viewer, parts):
        raise Forbidden
    check_undecided(proposal, version)
    return parts
