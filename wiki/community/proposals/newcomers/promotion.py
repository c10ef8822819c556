"""Promotes readers to learners; mentors are offered this after enough accepted proposals."""

from sqlalchemy import func, select

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_review
from wiki.accounts.audit_log import log_event
from wiki.accounts.models import Role, User
from wiki.community.proposals.models import Proposal, ProposalState
from wiki.database import FOR_CHANGE, db, write_transaction

ACCEPTED_NEEDED = 5  # accepted proposals


def is_due(viewer: Viewer, person: User) -> bool:
    """Whether `viewer` may promote this reader, who has enough accepted proposals."""
    if not can_review(viewer) or person.role != Role.READER or not person.is_enabled:
        return False
    return count_accepted(person.id) >= ACCEPTED_NEEDED


def count_accepted(user_id: int) -> int:
    """The number of this user's proposals that others have accepted."""
    query = select(func.count()).select_from(Proposal)
    query = query.where(
        Proposal.author_id == user_id,
        Proposal.state == ProposalState.ACCEPTED,
        Proposal.decided_by_id.is_distinct_from(user_id),
    )
    return db.session.scalar(query) or 0


def make_learner(user_id: int, *, by: User, viewer: Viewer) -> str:
    """Promote a reader to learner; returns their name. Does nothing if they are more than that.

    Raises `Forbidden` if `is_due` is false.
    """
    mentor_id = by.id
    with write_transaction() as session:
        person = session.scalar(
            select(User).where(User.id == user_id).with_for_update(**FOR_CHANGE)
        )
        if person is not None and person.role == Role.LEARNER and can_review(viewer):
            return str(person.username)  # somebody else has just done it
        if person is None or not is_due(viewer, person):
            raise Forbidden
        subject = f"{person.role} → {Role.LEARNER}"
        log_event(session, "role", by=mentor_id, about=person.id, subject=subject)
        person.role = Role.LEARNER
        return str(person.username)
