"""Who may see a proposal and decide on it, according to the current access rules of its pages."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from wiki.access.permissions import (
    Viewer,
    can_edit,
    can_read_at,
    can_write_at,
    editable_by,
    history_visible_to,
    path_editable_by,
    path_readable_by,
    readable_rules,
    visible_to,
)
from wiki.accounts.models import User
from wiki.community.proposals.models import PartAction, Proposal, ProposalPage, ProposalState
from wiki.pages.models import Page

_IS_CURRENT = and_(ProposalPage.proposal_id == Proposal.id, ProposalPage.replaced_in.is_(None))


def proposals_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Proposal`: `viewer` may see all its pages, or wrote it."""
    if not viewer.may_read:
        return false()
    return or_(Proposal.author_id == viewer.user_id, pages_visible_to(viewer))


def pages_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Proposal`: `viewer` may see all its pages.

    For a deleted page, they have to be able to see its history; for a rename, to read at the new
    path too.
    """
    shown = exists().where(Page.id == ProposalPage.page_id, history_visible_to(viewer, Page))
    place = path_readable_by(viewer, ProposalPage.key)
    return ~exists().where(_IS_CURRENT, ~_everywhere(shown, place))


def pages_editable_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Proposal`: `viewer` may edit all its pages, none of which is deleted."""
    is_live = and_(Page.id == ProposalPage.page_id, visible_to(viewer, Page))
    editable = exists().where(is_live, editable_by(viewer, Page))
    place = path_editable_by(viewer, ProposalPage.key)
    return ~exists().where(_IS_CURRENT, ~_everywhere(editable, place))


def _everywhere(page: ColumnElement[bool], place: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on a part: `page` holds for its page and `place` for its new path, if any."""
    is_new = ProposalPage.page_id.is_(None)
    is_staying = ProposalPage.action != PartAction.RENAME
    return or_(and_(is_new, place), and_(page, or_(is_staying, place)))


def proposals_waiting_for(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Proposal`: it waits for `viewer`, who may decide on it and isn't its author.

    After changes were requested, it waits for its author instead, unless they have left.
    """
    if not viewer.is_member or viewer.is_on_review:
        return false()
    is_others = Proposal.author_id != viewer.user_id
    author = aliased(User)
    has_left = exists().where(author.id == Proposal.author_id, author.closed_at.is_not(None))
    is_waiting = or_(
        Proposal.state == ProposalState.OPEN, and_(Proposal.state == ProposalState.ASKED, has_left)
    )
    return and_(is_waiting, is_others, pages_editable_by(viewer))


def can_decide(viewer: Viewer, parts: Iterable[ProposalPage]) -> bool:
    """Whether `viewer` may edit all pages at their current and new paths, and restore deleted ones.

    The pages of the parts must be loaded.
    """
    return all(_may_write(viewer, part) for part in parts)


def _may_write(viewer: Viewer, part: ProposalPage) -> bool:
    if part.page is not None and not can_edit(viewer, part.page):
        return False
    has_place = part.page is None or part.action == PartAction.RENAME
    return not has_place or can_write_at(viewer, part.path)


class Standing(StrEnum):
    """What a viewer may know of a part's page."""

    NEW = "new"  # the page doesn't exist yet
    LIVE = "live"
    DELETED = "deleted"
    HIDDEN = "hidden"  # from the proposal's author, who sees only what they wrote


def standing_of(viewer: Viewer, part: ProposalPage) -> Standing:
    """What `viewer` may know of a part's page, which must be loaded."""
    if part.page is None:
        return Standing.NEW if can_read_at(viewer, part.path) else Standing.HIDDEN
    if part.page.rule_id not in readable_rules(viewer):
        return Standing.HIDDEN
    return Standing.LIVE if part.page.deleted_at is None else Standing.DELETED
