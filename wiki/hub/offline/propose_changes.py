"""Changes of pages that their writer may only read: together they become a proposal."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.proposals.errors import (
    NothingProposed,
    ProposalAmended,
    ProposalDecided,
    ProposalNotFound,
    TooManyParts,
    TooManyProposals,
)
from wiki.community.proposals.proposing.parts import (
    MAX_PARTS,
    ProposedPage,
    content_of,
    own_part_at,
)
from wiki.community.proposals.proposing.propose import amend, propose
from wiki.hub.offline.change_file import ChangedPage
from wiki.hub.offline.fallback_drafts import save_fallback_draft
from wiki.hub.offline.results import ChangeOutcome, PageResult
from wiki.naming import NameRefused
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken
from wiki.pages.models import Page
from wiki.rate_limits import LimitReached

_ERRORS = (
    *(ProposalNotFound, ProposalDecided, ProposalAmended, PageNotFound, NothingProposed),
    *(TooManyProposals, TooManyParts, NameRefused, PathTaken, PathForbidden, LimitReached),
)


class Asked(NamedTuple):
    """A change, the page that it is of, if there is one, and what it would make of it."""

    change: ChangedPage
    page: Page | None
    proposed: ProposedPage


def propose_all(asked: Sequence[Asked], *, by: User, viewer: Viewer) -> list[PageResult]:
    """Propose each, or amend what one's undecided proposals hold of it; the results in order."""
    results: dict[int, PageResult] = {}
    fresh: list[tuple[int, Asked]] = []
    for number, each in enumerate(asked):
        part = own_part_at(by.id, each.page, each.proposed.path or "")
        if part is None:
            fresh.append((number, each))
        elif content_of(part) == each.proposed.content:
            results[number] = _proposed(each, part.proposal_id)
        else:
            results[number] = _amended(each, part.proposal_id, by=by, viewer=viewer)
    for start in range(0, len(fresh), MAX_PARTS):
        some = fresh[start : start + MAX_PARTS]
        opened = _opened([each for _, each in some], by=by, viewer=viewer)
        results |= {number: result for (number, _), result in zip(some, opened, strict=True)}
    return [results[number] for number in range(len(asked))]


def _opened(asked: Sequence[Asked], *, by: User, viewer: Viewer) -> list[PageResult]:
    title = asked[0].change.summary if len(asked) == 1 else ""
    title = title or _("Changes made offline")
    try:
        made = propose([each.proposed for each in asked], by=by, viewer=viewer, title=title)
    except _ERRORS as error:
        return [_kept(each, error, by) for each in asked]
    return [_proposed(each, made) for each in asked]


def _amended(asked: Asked, proposal_id: int, *, by: User, viewer: Viewer) -> PageResult:
    try:
        amend(proposal_id, [asked.proposed], by=by, viewer=viewer)
    except _ERRORS as error:
        return _kept(asked, error, by)
    return _proposed(asked, proposal_id)


def _proposed(asked: Asked, proposal_id: int) -> PageResult:
    path = asked.page.path if asked.page else ""
    return PageResult(asked.change.title, ChangeOutcome.PROPOSED, path, proposal_id=proposal_id)


def _kept(asked: Asked, error: Exception, by: User) -> PageResult:
    if isinstance(error, NothingProposed):
        return PageResult(asked.change.title, ChangeOutcome.UNCHANGED)
    reasons = {
        PathTaken: "taken",
        PathForbidden: "closed",
        NameRefused: "name",
        LimitReached: "limit",
        TooManyProposals: "too-many",
        TooManyParts: "too-many",
    }
    page_id = asked.page.id if asked.page else None
    base, content = asked.proposed.base_revision, asked.proposed.content
    draft = save_fallback_draft(asked.change, content, by=by, page_id=page_id, base=base)
    reason = reasons.get(type(error), "missing")
    return PageResult(asked.change.title, ChangeOutcome.REFUSED, reason=reason, draft_id=draft)
