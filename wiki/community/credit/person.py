"""One person's contributions, as far as a viewer may see them."""

from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, distinct, func, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.challenges.models import WORKED, ChallengeSolution, ChallengeVote
from wiki.community.challenges.solution import still_holds
from wiki.community.credit.counting import BEGINNING, counts_as_writing
from wiki.community.proposals.models import Proposal, ProposalPage, ProposalState
from wiki.database import db
from wiki.kinds.builtin import CHALLENGE
from wiki.pages.models import Page, ReviewMark, Revision


@dataclass(frozen=True, slots=True)
class Credit:
    """Counts of a person's contributions to pages that the viewer may see.

    `begun`: pages that they created; `improved`: other pages that they edited; `solutions`:
    challenges that they solved; `helped`: people for whom one of these solutions worked;
    `accepted`: their proposals that somebody accepted; `reviews`: other people's changes that they
    reviewed.
    """

    begun: int
    improved: int
    solutions: int
    helped: int
    accepted: int
    reviews: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(astuple(self))


def credit_of(viewer: Viewer, person: User) -> Credit:
    """The person's contributions to pages that the viewer may see, with one statement."""
    kinds = (_begun, _improved, _solutions, _helped, _accepted, _reviews)
    counts = (each(viewer, person) for each in kinds)
    return Credit(*db.session.execute(select(*counts)).one())


def _begun(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(Revision)
        .join(Page, Page.id == Revision.page_id)
        .where(
            Revision.author_id == person.id,
            Revision.number == 1,
            Revision.action.in_(BEGINNING),
            counts_as_writing(),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _improved(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    first = aliased(Revision)
    return (
        select(func.count(distinct(Revision.page_id)))
        .join(Page, Page.id == Revision.page_id)
        .join(first, (first.page_id == Revision.page_id) & (first.number == 1))
        .where(
            Revision.author_id == person.id,
            Revision.number > 1,
            first.author_id.is_distinct_from(person.id),
            counts_as_writing(),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _solved_by(viewer: Viewer, person: User) -> tuple[ColumnElement[bool], ...]:
    return (
        ChallengeSolution.solver_id == person.id,
        still_holds(),
        Page.kind == CHALLENGE,
        visible_to(viewer, Page),
    )


def _solutions(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(ChallengeSolution)
        .join(Page, Page.id == ChallengeSolution.page_id)
        .where(*_solved_by(viewer, person))
        .scalar_subquery()
    )


def _helped(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count(distinct(ChallengeVote.user_id)))
        .join(ChallengeSolution, ChallengeSolution.page_id == ChallengeVote.page_id)
        .join(Page, Page.id == ChallengeVote.page_id)
        .where(
            ChallengeVote.vote == WORKED,
            ChallengeVote.user_id != person.id,
            *_solved_by(viewer, person),
        )
        .scalar_subquery()
    )


def _accepted(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count(distinct(Proposal.id)))
        .join(ProposalPage, ProposalPage.proposal_id == Proposal.id)
        .join(Page, Page.id == ProposalPage.page_id)
        .where(
            Proposal.author_id == person.id,
            Proposal.state == ProposalState.ACCEPTED,
            Proposal.decided_by_id != person.id,
            ProposalPage.replaced_in.is_(None),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _reviews(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(ReviewMark)
        .join(Revision, Revision.id == ReviewMark.revision_id)
        .join(Page, Page.id == Revision.page_id)
        .where(
            ReviewMark.user_id == person.id,
            Revision.author_id.is_distinct_from(person.id),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )
