"""Opens, amends, withdraws and confirms proposals for their authors."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_propose
from wiki.accounts.models import User
from wiki.community.discussion.write import open_thread
from wiki.community.proposals.errors import TooManyProposals
from wiki.community.proposals.lifecycle import close, lock_own, log_event
from wiki.community.proposals.models import UNDECIDED, Proposal, ProposalState
from wiki.community.proposals.proposing.parts import ProposedPage, put_parts
from wiki.database import FOR_CHANGE, db, utcnow, write_transaction
from wiki.pages.writing.content import clean_content, clean_summary

SUBJECT = "proposal"  # `Thread.subject` of proposals
MAX_UNDECIDED = 5  # proposals of one person, which keeps the queue short


def propose(
    pages: Sequence[ProposedPage],
    *,
    by: User,
    viewer: Viewer,
    title: str = "",
    within: Callable[[Session, int], None] | None = None,
) -> int:
    """Open a proposal of one or more pages; returns its id.

    `within` is called with its transaction and id, to store more with it. Raises `Forbidden` if
    they may not propose, `PageNotFound` for a page and `PathForbidden` for a path that they may
    not read, `PathTaken`, `NothingProposed`,
    `TooManyProposals`, `TooManyParts`, `NameRefused`, `TextTooLong`, `LimitReached`,
    `StorageUnavailable`.
    """
    if not can_propose(viewer):
        raise Forbidden
    author_id, pages = by.id, cleaned(pages)
    with write_transaction() as session:
        # If one person opens two proposals at once, the second waits here and counts the first.
        by = session.execute(
            select(User).where(User.id == author_id).with_for_update(**FOR_CHANGE)
        ).scalar_one()
        if count_undecided(author_id) >= MAX_UNDECIDED:
            raise TooManyProposals(MAX_UNDECIDED)
        now = utcnow()
        proposal = Proposal(
            title=clean_summary(title),
            author_id=author_id,
            created_at=now,
            wanted_at=now,
            thread_id=open_thread(session, viewer, SUBJECT).id,
        )
        session.add(proposal)
        session.flush()
        put_parts(session, proposal, pages, by=by, viewer=viewer)
        log_event(session, proposal, "opened", by_id=author_id)
        if within is not None:
            within(session, proposal.id)
        return proposal.id


def cleaned(pages: Sequence[ProposedPage]) -> list[ProposedPage]:
    """`pages` with their contents cleaned for storing. Raises `NameRefused`, `TextTooLong`."""
    return [
        page if page.is_deletion else replace(page, content=clean_content(page.content))
        for page in pages
    ]


def count_undecided(author_id: int) -> int:
    """The number of this author's undecided proposals."""
    query = select(func.count()).select_from(Proposal)
    query = query.where(Proposal.author_id == author_id, Proposal.state.in_(UNDECIDED))
    return db.session.scalar(query) or 0


def amend(
    proposal_id: int,
    pages: Sequence[ProposedPage],
    *,
    by: User,
    viewer: Viewer,
    version: int | None = None,
    title: str | None = None,
    without: Collection[int] = (),
) -> int:
    """Change or add pages of one's own undecided proposal; returns its new version.

    `version` is the one that the author saw; `without` are numbers of parts to remove. Replaced
    parts are kept as history. A proposal for which changes were requested is open again. Raises
    what `propose` does, and `ProposalNotFound`, `ProposalDecided`, `ProposalAmended`.
    """
    if not can_propose(viewer):
        raise Forbidden
    author_id, pages = by.id, cleaned(pages)
    with write_transaction() as session:
        proposal = lock_own(session, proposal_id, author_id, version)
        proposal.version += 1
        proposal.state = ProposalState.OPEN
        proposal.wanted_at = utcnow()
        if title is not None:
            proposal.title = clean_summary(title)
        by = session.get_one(User, author_id)
        put_parts(session, proposal, pages, by=by, viewer=viewer, without=without)
        log_event(session, proposal, "amended", by_id=author_id)
        return proposal.version


def withdraw(proposal_id: int, *, by: User) -> None:
    """Withdraw one's own undecided proposal. Raises `ProposalNotFound`, `ProposalDecided`."""
    author_id = by.id
    with write_transaction() as session:
        proposal = lock_own(session, proposal_id, author_id)
        close(session, proposal, ProposalState.WITHDRAWN, by_id=author_id)


def confirm_wanted(proposal_id: int, *, by: User) -> None:
    """Confirm that its author still wants it. Raises `ProposalNotFound`, `ProposalDecided`."""
    author_id = by.id
    with write_transaction() as session:
        proposal = lock_own(session, proposal_id, author_id)
        proposal.wanted_at = utcnow()
        log_event(session, proposal, "wanted", by_id=author_id)
