"""One proposal as a viewer sees it: its parts and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_undelete
from wiki.accounts.models import User
from wiki.community.proposals.errors import ProposalNotFound
from wiki.community.proposals.file_changes.described import may_change_files
from wiki.community.proposals.models import UNDECIDED, Proposal, ProposalEvent, ProposalPage
from wiki.community.proposals.visibility import (
    Standing,
    can_decide,
    proposals_visible_to,
    standing_of,
)
from wiki.database import db, fetch_records, select_record, utcnow
from wiki.pages.writing.withheld_links import newcomers_among

WANTED_FOR = timedelta(days=30)  # the author is then asked whether they still want it


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a proposal, and what the viewer may know of its page."""

    part: ProposalPage
    standing: Standing

    @property
    def number(self) -> int:
        """The number of the part in its proposal, counted from 1 and the same in all versions."""
        return self.part.number

    @property
    def action(self) -> str:
        """What it would do to its page: `edit`, `create`, `rename` or `delete`."""
        return self.part.action

    @property
    def title(self) -> str:
        """The page's current title, or the proposed one if the page is new or hidden."""
        is_shown = self.standing is Standing.LIVE and self.part.page is not None
        return self.part.page.title if is_shown and self.part.page else self.part.title

    @property
    def path(self) -> str:
        """The page's current or proposed path; empty if the viewer may not know it."""
        if self.standing is Standing.LIVE and self.part.page is not None:
            return self.part.page.path
        return self.part.path if self.standing is Standing.NEW else ""


@dataclass(frozen=True, slots=True)
class ProposalEventView:
    """An event in a proposal's history; `at` is in UTC, `version` the proposal's version then."""

    action: str
    by: str
    at: datetime
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with the parts of one of its versions."""

    proposal: Proposal
    parts: Sequence[PartView]
    version: int
    may_decide: bool
    is_own: bool

    @property
    def id(self) -> int:
        """The proposal's id."""
        return self.proposal.id

    @property
    def name(self) -> str:
        """The proposal's title, or that of its first page."""
        return self.proposal.title or self.parts[0].part.title

    @property
    def days(self) -> int:
        """The proposal's age in whole days."""
        return (utcnow() - self.proposal.created_at).days

    @property
    def is_undecided(self) -> bool:
        """Whether it hasn't been accepted, declined or withdrawn."""
        return self.proposal.state in UNDECIDED

    @property
    def is_latest(self) -> bool:
        """Whether the version shown is the latest, on which to decide."""
        return self.version == self.proposal.version

    @property
    def is_available(self) -> bool:
        """Whether it can be accepted: every page exists or is new."""
        fine = (Standing.LIVE, Standing.NEW)
        return all(each.standing in fine and not each.part.is_erased for each in self.parts)

    @property
    def has_author(self) -> bool:
        """Whether its author still has an account and can respond."""
        return self.proposal.author.closed_at is None

    @property
    def asks_whether_wanted(self) -> bool:
        """Whether to ask its author if they still want it, as it has waited for long."""
        is_due = utcnow() - self.proposal.wanted_at > WANTED_FOR
        return self.is_undecided and self.has_author and is_due

    def part(self, number: int | None) -> PartView:
        """The part with this number; the first one for `None`. Raises `ProposalNotFound`."""
        for each in self.parts:
            if number in (None, each.number):
                return each
        raise ProposalNotFound(self.id)


def visible_proposal(
    viewer: Viewer, proposal_id: int, *, version: int | None = None
) -> ProposalView:
    """A proposal at `version` or the latest one. Raises `ProposalNotFound`."""
    proposal = db.session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id, proposals_visible_to(viewer))
        .options(joinedload(Proposal.author), joinedload(Proposal.decided_by))
    )
    if proposal is None or not 0 < (version or 1) <= proposal.version:
        raise ProposalNotFound(proposal_id)
    version = version or proposal.version
    is_own = viewer.is_member and proposal.author_id == viewer.user_id
    parts = _parts_at(proposal_id, version)
    if is_own:
        parts = [known for part in parts if (known := _own_words(viewer, part)) is not None]
    views = [PartView(part, standing_of(viewer, part)) for part in parts]
    if not is_own:
        # Earlier versions are shown without parts about pages that this viewer may not read.
        views = [each for each in views if _may_see(viewer, each)]
    if not views:
        raise ProposalNotFound(proposal_id)
    is_waiting = proposal.state in UNDECIDED and version == proposal.version
    may_decide = is_waiting and can_decide(viewer, parts) and may_change_files(viewer, proposal_id)
    _detach(proposal, parts)
    return ProposalView(proposal, views, version, may_decide, is_own)


def _own_words(viewer: Viewer, part: ProposalPage) -> ProposalPage | None:
    """`part`; if the viewer may not read its page any more, the last version that they wrote.

    It leaves out a reviewer's improvements, which contain the page's current text.
    """
    if part.by_id == viewer.user_id or standing_of(viewer, part) is not Standing.HIDDEN:
        return part
    query = (
        select(ProposalPage)
        .where(
            ProposalPage.proposal_id == part.proposal_id,
            ProposalPage.number == part.number,
            ProposalPage.by_id == viewer.user_id,
            ProposalPage.version <= part.version,
        )
        .options(joinedload(ProposalPage.page), joinedload(ProposalPage.by))
        .order_by(ProposalPage.version.desc())
        .limit(1)
    )
    own: ProposalPage | None = db.session.scalar(query)
    return own


def _detach(proposal: Proposal, parts: Sequence[ProposalPage]) -> None:
    """Detach the loaded rows from the session, so that a write transaction doesn't expire them.

    Showing a proposal may write: it stores renderings.
    """
    found = [proposal, proposal.author, proposal.decided_by]
    found += [each for part in parts for each in (part, part.page, part.by)]
    for each in {id(each): each for each in found if each is not None}.values():
        db.session.expunge(each)


def has_new_author(view: ProposalView) -> bool:
    """Whether links to other sites are withheld, as those of new people are."""
    author_id = view.proposal.author_id
    return author_id in newcomers_among(db.session(), {author_id})


def decidable_proposal(viewer: Viewer, proposal_id: int) -> ProposalView:
    """A proposal on which `viewer` may decide. Raises `ProposalNotFound`, `Forbidden`."""
    found = visible_proposal(viewer, proposal_id)
    if not can_decide(viewer, [each.part for each in found.parts]):
        raise Forbidden
    return found


def own_proposal(viewer: Viewer, proposal_id: int) -> ProposalView:
    """A proposal of `viewer`. Raises `ProposalNotFound`."""
    found = visible_proposal(viewer, proposal_id)
    if not found.is_own:
        raise ProposalNotFound(proposal_id)
    return found


def _may_see(viewer: Viewer, view: PartView) -> bool:
    if view.standing is Standing.DELETED and view.part.page is not None:
        return can_undelete(viewer, view.part.page)
    return view.standing is not Standing.HIDDEN


def _parts_at(proposal_id: int, version: int) -> Sequence[ProposalPage]:
    query = (
        select(ProposalPage)
        .where(
            ProposalPage.proposal_id == proposal_id,
            ProposalPage.version <= version,
            or_(ProposalPage.replaced_in.is_(None), ProposalPage.replaced_in > version),
        )
        .options(joinedload(ProposalPage.page), joinedload(ProposalPage.by))
        .order_by(ProposalPage.number)
    )
    return db.session.scalars(query).all()


def events_of(proposal_id: int) -> list[ProposalEventView]:
    """The history of a proposal, oldest first."""
    query = select_record(ProposalEventView, ProposalEvent, by=User.username)
    query = query.join(User, User.id == ProposalEvent.by_id)
    query = query.where(ProposalEvent.proposal_id == proposal_id).order_by(ProposalEvent.id)
    return fetch_records(ProposalEventView, query)
