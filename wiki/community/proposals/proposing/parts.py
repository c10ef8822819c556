"""The parts of a proposal, one for each page, version by version."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from wiki.access.permissions import Viewer, can_read_at, visible_to
from wiki.accounts.models import User
from wiki.community.proposals.errors import NothingProposed, TooManyParts
from wiki.community.proposals.lifecycle import lock_activity, show_count
from wiki.community.proposals.models import UNDECIDED, PartAction, Proposal, ProposalPage
from wiki.database import db, utcnow
from wiki.naming import clean_path, path_key
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import discard_saved_draft
from wiki.pages.writing.quota import quota_of
from wiki.pages.writing.revision_store import load_content_or_empty
from wiki.pages.writing.write import path_for
from wiki.rate_limits import LimitReached, limiter

MAX_PARTS = 20  # pages of one proposal
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProposedPage:
    """The proposed content of a page.

    An existing page has its id and base revision, and is renamed if `path` differs from its own; a
    new one is at `path`, or at the path made from its title. A deletion ignores the content.
    `draft_key` names the editor's draft, which is discarded.
    """

    content: Content
    page_id: int | None = None
    base_revision: int | None = None
    path: str | None = None
    draft_key: str = ""
    replaces: int | None = None  # the number of the part that it replaces
    is_deletion: bool = False
    is_for_files: bool = False  # it may be unchanged: the proposal changes its files


def put_parts(
    session: Session,
    proposal: Proposal,
    pages: Sequence[ProposedPage],
    *,
    by: User,
    viewer: Viewer,
    without: Collection[int] = (),
) -> None:
    """Write `pages` into the proposal's current version, replacing its parts for the same pages.

    Their contents must be cleaned. `without` are the numbers of parts to remove.
    Raises `PageNotFound`, `NameRefused`, `PathForbidden`, `PathTaken`, `NothingProposed`,
    `TooManyParts`, `LimitReached`.
    """
    before = current_parts(session, proposal.id)
    lock_activity(session, {part.page_id for part in before} | {page.page_id for page in pages})
    _check_quota(session, by, sum(len(page.content.text.encode()) for page in pages))
    _remove(session, proposal, [part for part in before if part.number in without])
    highest = session.scalar(
        select(func.max(ProposalPage.number)).where(ProposalPage.proposal_id == proposal.id)
    )
    number = highest or 0
    written = []
    for page in pages:
        part = _part(session, proposal, page, by, viewer)
        same = _replaced(before, part, page.replaces)
        if same is None:
            number += 1
        else:
            _remove(session, proposal, [same])
        part.number = same.number if same else number
        written.append(part)
        if page.draft_key:
            discard_saved_draft(
                session, by, page.page_id or 0, draft_key=page.draft_key, title=part.title
            )
    kept = [old for old in before if old.replaced_in is None]
    _check_places(session, [*kept, *written])
    session.flush()  # before the parts that replace them
    session.add_all(written)
    session.flush()
    _check_count(session, proposal)
    show_count(session, proposal)


def _remove(session: Session, proposal: Proposal, parts: Iterable[ProposalPage]) -> None:
    for part in parts:
        if part.is_counted and part.page_id is not None:
            raise_activity(session, part.page_id)
        part.replaced_in, part.is_counted = proposal.version, False


def _replaced(
    before: Iterable[ProposalPage], part: ProposalPage, number: int | None
) -> ProposalPage | None:
    """The part that `part` replaces: the one with `number`, or else the same page's."""
    current = [old for old in before if old.replaced_in is None]
    named = [old for old in current if old.number == number]
    return next(iter(named or [old for old in current if _place(old) == _place(part)]), None)


def _place(part: ProposalPage) -> int | str:
    return part.key if part.page_id is None else part.page_id


def first_duplicate(parts: Iterable[ProposalPage]) -> ProposalPage | None:
    """The first part that has the same page or path as one before it, if any.

    Such parts can't be accepted together.
    """
    seen = set[int | str]()
    for part in parts:
        places = {place for place in (part.page_id, part.key) if place}
        if places & seen:
            return part
        seen |= places
    return None


def _check_places(session: Session, parts: Iterable[ProposalPage]) -> None:
    if (second := first_duplicate(parts)) is not None:
        page = session.get(Page, second.page_id) if second.page_id else None
        raise PathTaken(second.path or (page.path if page else ""), is_twice=True)


def _check_count(session: Session, proposal: Proposal) -> None:
    count = len(current_parts(session, proposal.id))
    if not count:
        raise NothingProposed
    if count > MAX_PARTS:
        raise TooManyParts(MAX_PARTS)


def current_parts(
    session: Session, proposal_id: int, *, is_locked: bool = False
) -> Sequence[ProposalPage]:
    """The parts of the current version with their pages, in the order in which they were added.

    With `is_locked`, they are locked and reloaded.
    """
    query = select(ProposalPage).options(joinedload(ProposalPage.page))
    query = query.where(ProposalPage.proposal_id == proposal_id, ProposalPage.replaced_in.is_(None))
    if is_locked:
        query = query.with_for_update(of=ProposalPage).execution_options(populate_existing=True)
    return session.scalars(query.order_by(ProposalPage.number)).all()


def content_of(part: ProposalPage) -> Content:
    """The content that a part has for its page."""
    return Content(part.title, part.body, part.kind, tuple(part.tags), dict(part.fields))


def had_before(part: ProposalPage, content: Content) -> bool:
    """Whether this part has `content`, or had it in an earlier version of the proposal."""
    versions = db.session.scalars(
        select(ProposalPage).where(
            ProposalPage.proposal_id == part.proposal_id, ProposalPage.number == part.number
        )
    )
    return any(content_of(version) == content for version in versions)


def _part(
    session: Session, proposal: Proposal, page: ProposedPage, by: User, viewer: Viewer
) -> ProposalPage:
    content = page.content
    if page.is_deletion:
        before = load_content_or_empty(session, page.page_id or 0, page.base_revision)
        content = replace(before, text="")
    part = ProposalPage(
        proposal_id=proposal.id,
        version=proposal.version,
        page_id=page.page_id,
        base_revision=page.base_revision if page.page_id else None,
        by_id=by.id,
        title=content.title,
        kind=content.kind,
        tags=list(content.tags),
        fields=dict(content.fields),
        size=len(content.text.encode()),
        body=content.text,
    )
    if page.page_id is None:
        part.action = PartAction.CREATE
        part.path = path_for(content.title, content.kind, page.path)
        part.key = _free_key(session, part.path, viewer)
        return part
    is_theirs = select(Page.path).where(Page.id == page.page_id, visible_to(viewer, Page))
    path = session.scalar(is_theirs)
    if path is None:
        raise PageNotFound
    if page.is_deletion:
        part.action = PartAction.DELETE
    elif page.path and (wanted := clean_path(page.path)) != path:
        part.action, part.path = PartAction.RENAME, wanted
        part.key = _free_key(session, wanted, viewer, besides=page.page_id)
    elif not page.is_for_files and content == load_content_or_empty(
        session, page.page_id, page.base_revision
    ):
        raise NothingProposed
    return part


def _free_key(session: Session, path: str, viewer: Viewer, *, besides: int | None = None) -> str:
    """The key of `path`, which must be free or the page `besides`'s.

    Raises `PathForbidden`, `PathTaken`.
    """
    if not can_read_at(viewer, path):
        raise PathForbidden(path)
    key = path_key(path)
    taken = select(Page.path).where(Page.key == key, Page.deleted_at.is_(None))
    if besides is not None:
        taken = taken.where(Page.id != besides)
    if (holder := session.scalar(taken)) is not None:
        raise PathTaken(holder)
    return key


def _check_quota(session: Session, by: User, size: int) -> None:
    """Check the daily amount of text; `size` is in bytes. Raises `LimitReached`."""
    if not limiter.enabled:
        return
    lately = ProposalPage.written_at > utcnow() - DAY
    used = session.scalar(
        select(func.sum(ProposalPage.size)).where(ProposalPage.by_id == by.id, lately)
    )
    if (used or 0) + size > quota_of(by):
        raise LimitReached(DAY.total_seconds(), "texts")


def own_part_at(author_id: int, page: Page | None, path: str = "") -> ProposalPage | None:
    """This author's undecided proposed part for a page, or for a new one at `path`."""
    query = (
        select(ProposalPage)
        .join(Proposal, Proposal.id == ProposalPage.proposal_id)
        .where(
            Proposal.author_id == author_id,
            Proposal.state.in_(UNDECIDED),
            ProposalPage.replaced_in.is_(None),
        )
        .options(joinedload(ProposalPage.proposal))
        .order_by(ProposalPage.id)
        .limit(1)
    )
    if page is not None:
        query = query.where(ProposalPage.page_id == page.id)
    else:
        query = query.where(ProposalPage.page_id.is_(None), ProposalPage.key == path_key(path))
    part: ProposalPage | None = db.session.scalar(query)
    return part
