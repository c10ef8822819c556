"""Threads of proposals: everybody who may read all its pages may discuss a proposal."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, select

from wiki.access.permissions import Viewer, can_propose, can_review
from wiki.community.discussion.models import Thread
from wiki.community.discussion.subjects import Home
from wiki.community.proposals.models import Proposal
from wiki.community.proposals.visibility import pages_editable_by, pages_visible_to
from wiki.database import db


class ProposalSubject:
    """The `wiki.community.discussion.subjects.ThreadSubject` of proposals.

    An author who may not read a page any more sees their proposal, but not its discussion.
    """

    def homes(self, viewer: Viewer, threads: Sequence[Thread]) -> Mapping[int, Home]:
        """By thread id: the proposals of which `viewer` may see all pages now.

        See `ThreadSubject.homes`.
        """
        rows = db.session.execute(
            select(
                *(Proposal.id, Proposal.thread_id, Proposal.title),
                pages_editable_by(viewer).label("may_decide"),
            ).where(
                Proposal.thread_id.in_([thread.id for thread in threads]), pages_visible_to(viewer)
            )
        )
        return {
            row.thread_id: Home(
                title=row.title or f"#{row.id}",
                endpoint="proposals.show",
                values={"proposal_id": row.id},
                may_write=can_propose(viewer),
                may_moderate=can_review(viewer) and bool(row.may_decide),
            )
            for row in rows
        }

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `Thread`: `viewer` may see all pages of its proposal."""
        return exists().where(Proposal.thread_id == Thread.id, pages_visible_to(viewer))
