"""What challenges keep of a user."""

from collections.abc import Iterator
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer, history_visible_to
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.challenges.models import ChallengeSolution, ChallengeVote
from wiki.database import db
from wiki.pages.models import Page


class VotesOfPerson:
    """`wiki.accounts.privacy.personal_data.PersonalData` of challenges."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """What somebody said of pages that they may still see."""
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
        """Votes refer to people by their ids, and pages show how many there are, not whose."""

    def forget(self, session: Session, person_id: int) -> None:
        """A vote stays, without a name: it was said, and what others count on stays true."""
