"""A user's personal data in proposals: what they proposed and did with proposals."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.merging.references import moves
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.proposals.models import Proposal, ProposalEvent, ProposalPage
from wiki.database import db

_PROPOSAL = (Proposal.id, Proposal.title, Proposal.state, Proposal.created_at, Proposal.decided_at)
# No `path`: the page may have moved to a path that this person may not know.
_PART = (
    *(ProposalPage.id, ProposalPage.proposal_id, ProposalPage.version, ProposalPage.action),
    ProposalPage.written_at,
    *(ProposalPage.title, ProposalPage.kind, ProposalPage.tags, ProposalPage.fields),
)
_EVENT = (
    *(ProposalEvent.proposal_id, ProposalEvent.action, ProposalEvent.at, ProposalEvent.reason),
)


# A merged account may have more open proposals than allowed; they stay until they are decided.
REFERENCES = (
    moves(
        Proposal.author_id,
        lambda count: ngettext("%(num)s proposal", "%(num)s proposals", count),
    ),
    moves(Proposal.decided_by_id),
    moves(ProposalPage.by_id),
    moves(ProposalEvent.by_id),
)


class ProposalsOfPerson:
    """The `wiki.accounts.privacy.personal_data.PersonalData` of proposals."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields the user's proposals and their actions on proposals as JSON.

        Each proposed text is a separate file.
        """
        chosen = {
            "proposals": select(*_PROPOSAL).where(Proposal.author_id == person_id),
            "proposed-pages": select(*_PART).where(ProposalPage.by_id == person_id),
            "proposal-events": select(*_EVENT).where(ProposalEvent.by_id == person_id),
        }
        for name, query in chosen.items():
            rows = db.session.execute(query).mappings()
            yield f"{name}.json", as_json([dict(row) for row in rows])
        texts = select(ProposalPage.id, ProposalPage.body).where(ProposalPage.by_id == person_id)
        for id_, body in db.session.execute(texts.execution_options(yield_per=50)):
            yield f"proposed-pages/{id_}.md", BytesIO(body.encode())

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: names are read from the account."""

    def forget(self, session: Session, person_id: int) -> None:
        """Keeps the proposals without the name, as revisions are kept."""
