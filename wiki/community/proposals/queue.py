"""The list of proposals, as far as a viewer may see them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from wiki.access.permissions import Viewer, readable_rules, visible_to
from wiki.accounts.models import User
from wiki.community.proposals.models import UNDECIDED, Proposal, ProposalPage, ProposalState
from wiki.community.proposals.visibility import proposals_visible_to, proposals_waiting_for
from wiki.database import db, utcnow
from wiki.naming import path_key
from wiki.pages.models import Page
from wiki.pages.queries.folders import is_below


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals to list; all conditions have to hold.

    Empty `states` means any. `whose` is `mine` (the viewer's own), `me` (waiting for the viewer's
    decision) or empty. `place` is a path: its page and those below it.
    """

    states: tuple[ProposalState, ...] = UNDECIDED
    whose: str = ""
    author_id: int | None = None
    place: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A page of a proposal in a list."""

    title: str
    kind: str
    is_new: bool
    action: str


@dataclass(frozen=True, slots=True)
class ListedProposal:
    """A proposal in a list, with those of its parts that the viewer may see; times are in UTC."""

    id: int
    title: str
    author: str
    state: str
    version: int
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    parts: Sequence[ListedPart]

    @property
    def name(self) -> str:
        """The proposal's title, or that of its first page."""
        return self.title or (self.parts[0].title if self.parts else "")

    @property
    def days(self) -> int:
        """The proposal's age in whole days."""
        return (utcnow() - self.created_at).days


def count_proposals(viewer: Viewer, wanted: ProposalFilter) -> int:
    """How many proposals match the filter."""
    query = select(func.count()).select_from(Proposal)
    return db.session.scalar(query.where(*_conditions(viewer, wanted))) or 0


def list_proposals(
    viewer: Viewer, wanted: ProposalFilter, *, offset: int = 0, limit: int
) -> list[ListedProposal]:
    """Proposals that match the filter: undecided ones oldest first, others latest first."""
    decider = aliased(User)
    is_waiting = bool(wanted.states) and set(wanted.states) <= set(UNDECIDED)
    query = (
        select(
            *(Proposal.id, Proposal.title, User.username, Proposal.state, Proposal.version),
            *(Proposal.created_at, Proposal.decided_at, decider.username),
        )
        .join(User, User.id == Proposal.author_id)
        .outerjoin(decider, decider.id == Proposal.decided_by_id)
        .where(*_conditions(viewer, wanted))
        .order_by(Proposal.id if is_waiting else Proposal.id.desc())
    )
    rows = db.session.execute(query.offset(offset).limit(limit)).all()
    parts = _parts_of(viewer, [row.id for row in rows])
    return [ListedProposal(*row, parts=parts[row.id]) for row in rows]


def next_waiting(viewer: Viewer, after: int) -> int | None:
    """The id of the next proposal after `after` that the viewer can decide on, wrapping around."""
    query = select(Proposal.id).where(proposals_waiting_for(viewer), Proposal.id != after)
    query = query.order_by(Proposal.id < after, Proposal.id).limit(1)
    found: int | None = db.session.scalar(query)
    return found


def _conditions(viewer: Viewer, wanted: ProposalFilter) -> Iterator[ColumnElement[bool]]:
    yield proposals_visible_to(viewer)
    if wanted.states:
        yield Proposal.state.in_(wanted.states)
    if wanted.whose == "mine":
        yield Proposal.author_id == viewer.user_id
    elif wanted.whose == "me":
        yield proposals_waiting_for(viewer)
    if wanted.author_id is not None:
        yield Proposal.author_id == wanted.author_id
    if wanted.kind:
        yield _has_part(ProposalPage.kind == wanted.kind)
    if key := path_key(wanted.place):
        # Only visible pages, so that guessing paths reveals nothing about hidden ones.
        shown = Page.rule_id.in_(readable_rules(viewer))
        there = exists().where(Page.id == ProposalPage.page_id, _is_at(Page.key, key), shown)
        new = and_(ProposalPage.page_id.is_(None), _is_at(ProposalPage.key, key))
        yield _has_part(or_(new, there))


def _is_at(column: InstrumentedAttribute[str], key: str) -> ColumnElement[bool]:
    return or_(column == key, is_below(column, key))


def _has_part(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    is_current = (ProposalPage.proposal_id == Proposal.id, ProposalPage.replaced_in.is_(None))
    return exists().where(*is_current, condition)


def _parts_of(viewer: Viewer, ids: Sequence[int]) -> dict[int, list[ListedPart]]:
    """By proposal id: its current parts; a hidden page has the title that its proposer gave it."""
    rows = db.session.execute(
        select(
            *(ProposalPage.proposal_id, ProposalPage.title, ProposalPage.kind),
            *(ProposalPage.page_id, ProposalPage.action, Page.title.label("now")),
            ProposalPage.by_id,
        )
        .outerjoin(Page, (Page.id == ProposalPage.page_id) & visible_to(viewer, Page))
        .where(ProposalPage.proposal_id.in_(ids), ProposalPage.replaced_in.is_(None))
        .order_by(ProposalPage.proposal_id, ProposalPage.number)
    )
    found: dict[int, list[ListedPart]] = defaultdict(list)
    for row in rows:
        is_new = row.page_id is None
        is_known = row.now or is_new or row.by_id == viewer.user_id
        title = (row.now or row.title) if is_known else _("A page that you may not read now")
        part = ListedPart(title, row.kind, is_new=is_new, action=row.action)
        found[row.proposal_id].append(part)
    return found
