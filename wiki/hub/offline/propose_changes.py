"""Turns changes to pages that their author may only read into a proposal."""

from collections.abc import Sequence
from dataclasses import replace
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
from wiki.community.proposals.models import ProposalPage
from wiki.community.proposals.proposing.parts import (
    MAX_PARTS,
    ProposedPage,
    content_of,
    had_before,
    own_part_at,
)
from wiki.community.proposals.proposing.propose import amend, propose
from wiki.database import db
from wiki.hub.offline.change_file import ChangedPage
from wiki.hub.offline.continued_changes import submitted_content
from wiki.hub.offline.fallback_drafts import save_fallback_draft
from wiki.hub.offline.results import ChangeOutcome, PageResult
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.naming import NameRefused, path_key
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken
from wiki.pages.models import Page
from wiki.pages.writing.content import Content, merge_contents
from wiki.pages.writing.revision_store import load_content_or_empty
from wiki.rate_limits import LimitReached

_ERRORS = (
    *(ProposalNotFound, ProposalDecided, ProposalAmended, PageNotFound, NothingProposed),
    *(TooManyProposals, TooManyParts, NameRefused, PathTaken, PathForbidden, LimitReached),
)


class ProposedChange(NamedTuple):
    """A change, its page if that exists, and the content that it would lead to."""

    change: ChangedPage
    page: Page | None
    proposed: ProposedPage


def propose_all(asked: Sequence[ProposedChange], *, by: User, viewer: Viewer) -> list[PageResult]:
    """Propose each change, or amend the person’s open proposals of it; returns the results in
    order.
    """
    results: dict[int, PageResult] = {}
    fresh: list[tuple[int, ProposedChange]] = []
    places = set[int | str]()
    for number, each in enumerate(asked):
        path = each.proposed.path or ""
        place = each.page.id if each.page else path_key(path)
        part = own_part_at(by.id, each.page, path)
        if place in places:
            results[number] = _refused(each, "twice", by)
        elif part is None:
            fresh.append((number, each))
        else:
            results[number] = _continued(each, part, by=by, viewer=viewer)
        places.add(place)
    for start in range(0, len(fresh), MAX_PARTS):
        some = fresh[start : start + MAX_PARTS]
        opened = _opened([each for _, each in some], by=by, viewer=viewer)
        results |= {number: result for (number, _), result in zip(some, opened, strict=True)}
    return [results[number] for number in range(len(asked))]


def _opened(asked: Sequence[ProposedChange], *, by: User, viewer: Viewer) -> list[PageResult]:
    title = asked[0].change.summary if len(asked) == 1 else ""
    title = title or _("Changes made offline")
    try:
        made = propose([each.proposed for each in asked], by=by, viewer=viewer, title=title)
    except _ERRORS as error:
        return [_kept(each, error, by) for each in asked]
    return [_proposed(each, made) for each in asked]


def _continued(
    asked: ProposedChange, part: ProposalPage, *, by: User, viewer: Viewer
) -> PageResult:
    """The outcome of a change of which an open proposal has another text.

    That may be an older one, or one written on the hub in the meantime. Neither replaces the
    other unread.
    """
    proposed, proposal_id = asked.proposed, part.proposal_id
    if had_before(part, proposed.content):
        return _proposed(asked, proposal_id)
    before = Content("", "", DEFAULT_KIND)
    if asked.page:
        before = load_content_or_empty(db.session(), asked.page.id, proposed.base_revision)
    current = content_of(part)
    content = proposed.content
    if submitted_content(before, asked.change) != current:
        content, merge = merge_contents(before, proposed.content, current)
        if not merge.is_clean or part.base_revision != proposed.base_revision:
            return _refused(asked, "waiting", by)
        if content == current:
            return _proposed(asked, proposal_id)
    try:
        amended = replace(proposed, content=content)
        amend(proposal_id, [amended], by=by, viewer=viewer, version=part.proposal.version)
    except _ERRORS as error:
        return _kept(asked, error, by)
    return _proposed(asked, proposal_id)


def _proposed(asked: ProposedChange, proposal_id: int) -> PageResult:
    path = asked.page.path if asked.page else ""
    return PageResult(asked.change.title, ChangeOutcome.PROPOSED, path, proposal_id=proposal_id)


def _kept(asked: ProposedChange, error: Exception, by: User) -> PageResult:
    if isinstance(error, NothingProposed):
        return PageResult(asked.change.title, ChangeOutcome.UNCHANGED)
    reasons = {
        PathTaken: "taken",
        PathForbidden: "closed",
        NameRefused: "name",
        LimitReached: "limit",
        TooManyProposals: "too-many",
        TooManyParts: "too-many",
        ProposalAmended: "waiting",
    }
    return _refused(asked, reasons.get(type(error), "missing"), by)


def _refused(asked: ProposedChange, reason: str, by: User) -> PageResult:
    page_id = asked.page.id if asked.page else None
    base, content = asked.proposed.base_revision, asked.proposed.content
    draft = save_fallback_draft(asked.change, content, by=by, page_id=page_id, base=base)
    return PageResult(asked.change.title, ChangeOutcome.REFUSED, reason=reason, draft_id=draft)
