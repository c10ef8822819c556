"""A user's personal data in challenges."""

from collections.abc import Iterator
from typing import IO, Any

from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer, history_visible_to
from wiki.accounts.merging.references import AccountMerge, Reference, execute, moves, unites
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.challenges.models import SAME, ChallengeSolution, ChallengeVote
from wiki.database import db
from wiki.pages.models import Page, Revision


def _unite_votes(session: Session, merge: AccountMerge) -> None:
    """Merge the votes of two accounts: drop duplicates, and "same" votes on one's own challenge."""
    asked = select(Revision.page_id).where(Revision.number == 1, Revision.author_id.in_(merge))
    is_own = and_(ChallengeVote.vote == SAME, ChallengeVote.page_id.in_(asked))
    changed = select(ChallengeVote.page_id).where(
        or_(
            ChallengeVote.user_id == merge.source,
            and_(ChallengeVote.user_id == merge.target, is_own),
        )
    )
    raised = update(Page).where(Page.id.in_(changed)).values(activity=Page.activity + 1)
    execute(session, raised)
    _ONE_OF_EACH.settle(session, merge)
    execute(session, delete(ChallengeVote).where(ChallengeVote.user_id == merge.target, is_own))


def _said(mine: Any, theirs: Any) -> ColumnElement[Any]:
    return case((mine == "", theirs), else_=mine)


_ONE_OF_EACH = unites(
    ChallengeVote.user_id,
    [ChallengeVote.page_id, ChallengeVote.vote],
    {ChallengeVote.version: _said},
)
REFERENCES = (
    Reference(
        ChallengeVote.user_id,
        _unite_votes,
        lambda count: ngettext("%(num)s vote", "%(num)s votes", count),
    ),
    moves(
        ChallengeSolution.solver_id,
        lambda count: ngettext("%(num)s solved challenge", "%(num)s solved challenges", count),
    ),
    moves(ChallengeSolution.marked_by_id),
)


class VotesOfPerson:
    """The `wiki.accounts.privacy.personal_data.PersonalData` of challenges."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields the user's votes on pages that they may still see."""
        is_visible = history_visible_to(current_viewer(), Page)
        votes = (
            select(Page.path, ChallengeVote.vote, ChallengeVote.version, ChallengeVote.voted_at)
            .join(Page, Page.id == ChallengeVote.page_id)
            .where(ChallengeVote.user_id == person_id, is_visible)
            .order_by(ChallengeVote.voted_at)
        )
        yield "votes.json", as_json([dict(row) for row in db.session.execute(votes).mappings()])
        solved = (
            select(Page.path, ChallengeSolution.marked_at)
            .join(Page, Page.id == ChallengeSolution.page_id)
            .where(ChallengeSolution.solver_id == person_id, is_visible)
            .order_by(ChallengeSolution.marked_at)
        )
        rows = db.session.execute(solved).mappings()
        yield "solutions.json", as_json([dict(row) for row in rows])

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: votes refer to users by id, and pages show only their number."""

    def forget(self, session: Session, person_id: int) -> None:
        """Keeps the votes without the name, so that their number stays right."""
