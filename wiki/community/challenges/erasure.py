"""Erases a phrase from votes on challenges."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.community.challenges.models import ChallengeVote
from wiki.redact import ErasedPhrase


class VersionsOfVotes:
    """The `wiki.pages.erasure.text_holders.TextHolder` of votes; these hold no text of pages."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Redact the phrase in the versions that people entered; see `TextHolder.erase`."""
        if phrase is None:
            return 0
        named = select(ChallengeVote).where(ChallengeVote.version != "")
        votes = session.scalars(named.execution_options(yield_per=500))
        held = [vote for vote in votes if phrase.is_in(vote.version)]
        for vote in held:
            vote.version = phrase.redacted(vote.version)
        return len(held)
