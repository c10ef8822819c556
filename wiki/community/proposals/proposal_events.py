"""Notifications of proposals: for authors, participants and watchers of the pages."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, false, or_, select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.discussion.models import Comment
from wiki.community.events import (
    AboutPage,
    Description,
    Event,
    EventKind,
    register_kinds,
)
from wiki.community.page_events import tags_of
from wiki.community.proposals.lifecycle import DECISION, PROPOSAL
from wiki.community.proposals.models import PartAction, Proposal, ProposalEvent, ProposalPage
from wiki.community.proposals.visibility import proposals_visible_to
from wiki.database import db, in_batches
from wiki.i18n import lazy as _l
from wiki.naming import path_key
from wiki.pages.models import Page

_SENTENCES = {
    "opened": _l("%(actor)s proposed “%(title)s”"),
    "amended": _l("%(actor)s changed the proposal “%(title)s”"),
    "improved": _l("%(actor)s improved the proposal “%(title)s”"),
    "wanted": _l("%(actor)s still wants the proposal “%(title)s”"),
    "withdrawn": _l("%(actor)s withdrew the proposal “%(title)s”"),
    "asked": _l("%(actor)s asked for changes to the proposal “%(title)s”"),
    "accepted": _l("%(actor)s accepted the proposal “%(title)s”"),
    "declined": _l("%(actor)s declined the proposal “%(title)s”"),
    "reminded": _l("Is the proposal “%(title)s” still wanted? It has been waiting for a month."),
}


def init_app(app: Flask) -> None:
    # A proposal may have several pages, so `describe` checks each viewer's rights on all of them.
    about: dict[str, Any] = {
        "describe": describe_events,
        "addressees": taking_part,
        "about": pages_proposed,
        "follows_page": False,
    }
    register_kinds(
        app,
        EventKind(PROPOSAL, _l("Proposals"), **about),
        EventKind(DECISION, _l("Answers to proposals"), is_for_watchers=False, **about),
    )


def describe_events(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe events of the proposals that the viewer may see now, by event number."""
    by_id = {event.subject_id: event for event in events if event.subject_id is not None}
    query = (
        select(
            *(ProposalEvent.id, ProposalEvent.action, ProposalEvent.reason, User.username),
            *(Proposal.id.label("proposal_id"), Proposal.title, Proposal.author_id),
        )
        .join(Proposal, Proposal.id == ProposalEvent.proposal_id)
        .join(User, User.id == ProposalEvent.by_id)
        .where(proposals_visible_to(viewer))
    )
    rows = [
        row
        for batch in in_batches(by_id)
        for row in db.session.execute(query.where(ProposalEvent.id.in_(batch)))
    ]
    pages = _pages_of(viewer, {row.proposal_id for row in rows})
    first = [some[0].id for some in pages.values()]
    tags = tags_of({page_id for page_id in first if page_id is not None})
    return {by_id[row.id].number: _described(row, pages[row.proposal_id], tags) for row in rows}


def _is_known(viewer: Viewer) -> ColumnElement[bool]:
    """A condition: the viewer may know a proposed page's title, as it is new, they may read it, or
    they proposed it."""
    is_theirs = ProposalPage.by_id == viewer.user_id if viewer.is_member else false()
    return or_(ProposalPage.page_id.is_(None), Page.id.is_not(None), is_theirs)


def _pages_of(viewer: Viewer, proposal_ids: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """By proposal id: rows of its pages with what the viewer may know of them."""
    found: dict[int, list[Any]] = defaultdict(list)
    query = (
        select(
            ProposalPage.proposal_id,
            case((_is_known(viewer), ProposalPage.title), else_="").label("proposed"),
            *(ProposalPage.action, ProposalPage.path.label("new_path")),
            *(Page.id, Page.title, Page.path, Page.kind),
        )
        .outerjoin(Page, (Page.id == ProposalPage.page_id) & visible_to(viewer, Page))
        .where(ProposalPage.replaced_in.is_(None))
        .order_by(ProposalPage.number)
    )
    for batch in in_batches(proposal_ids):
        for row in db.session.execute(query.where(ProposalPage.proposal_id.in_(batch))):
            found[row.proposal_id].append(row)
    return found


def _doings(pages: Sequence[Any]) -> str:
    """A sentence for each page that the proposal renames or deletes."""
    said = []
    for page in pages:
        title = page.title or page.proposed
        if page.action == PartAction.RENAME:
            said.append(_("Renames “%(title)s” to %(path)s.", title=title, path=page.new_path))
        elif page.action == PartAction.DELETE:
            said.append(_("Deletes “%(title)s”.", title=title))
    return " ".join(said)


def _described(row: Any, pages: Sequence[Any], tags: Mapping[int, frozenset[str]]) -> Description:
    does = _doings(pages) if row.action in ("opened", "amended", "improved") else ""
    page: Any = pages[0] if pages else None
    title = row.title or (page and (page.title or page.proposed)) or f"#{row.proposal_id}"
    is_shown = page is not None and page.id is not None
    return Description(
        title=title,
        line=str(_SENTENCES[row.action]) % {"actor": row.username or _("Somebody"), "title": title},
        endpoint="proposals.show",
        values={"proposal_id": row.proposal_id},
        excerpt=row.reason or does,
        actor=None if row.action == "reminded" else row.username,
        page_id=page.id if is_shown else None,
        path=page.path if is_shown else "",
        page_kind=page.kind if is_shown else "",
        tags=tags[page.id] if is_shown else frozenset(),
        thread=f"proposal-{row.proposal_id}",
    )


def pages_proposed(events: Sequence[Event]) -> Mapping[int, Collection[AboutPage]]:
    """By event number: all pages that the proposal then had, and the places of new ones."""
    rows: list[Any] = []
    query = (
        select(
            *(ProposalEvent.id.label("event_id"), ProposalPage.key, ProposalPage.kind),
            *(ProposalPage.tags, ProposalPage.action, Page.id.label("page_id")),
            *(Page.key.label("page_key"), Page.kind.label("page_kind")),
        )
        .join(ProposalPage, ProposalPage.proposal_id == ProposalEvent.proposal_id)
        .outerjoin(Page, Page.id == ProposalPage.page_id)
        .where(
            ProposalPage.version <= ProposalEvent.version,
            or_(
                ProposalPage.replaced_in.is_(None),
                ProposalPage.replaced_in > ProposalEvent.version,
            ),
        )
    )
    numbers = {event.subject_id: event.number for event in events if event.subject_id is not None}
    for batch in in_batches(numbers):
        rows += db.session.execute(query.where(ProposalEvent.id.in_(batch))).all()
    tags = tags_of({row.page_id for row in rows if row.page_id is not None})
    found: dict[int, list[AboutPage]] = defaultdict(list)
    for row in rows:
        about = found[numbers[row.event_id]]
        if row.page_id is None or row.action == PartAction.RENAME:
            about.append(AboutPage(None, row.key, row.kind, [path_key(tag) for tag in row.tags]))
        if row.page_id is not None:
            about.append(AboutPage(row.page_id, row.page_key, row.page_kind, tags[row.page_id]))
    return found


def taking_part(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """By event number: ids of the author and of those who decided or commented before.

    Of a new proposal, only watchers of the page are notified.
    """
    ids = [event.subject_id for event in events if event.subject_id is not None]
    of_event: dict[int, tuple[int, str]] = {}
    for batch in in_batches(ids):
        query = select(ProposalEvent.id, ProposalEvent.proposal_id, ProposalEvent.action)
        for row in db.session.execute(query.where(ProposalEvent.id.in_(batch))):
            of_event[row.id] = row.proposal_id, row.action
    people = _people_of({proposal_id for proposal_id, _action in of_event.values()})
    authors = _authors_of(people)
    recipients: dict[int, Collection[int]] = {}
    for event in events:
        proposal_id, action = of_event.get(event.subject_id or 0, (0, ""))
        if action == "reminded":
            recipients[event.number] = {authors[proposal_id]}
        elif proposal_id:
            recipients[event.number] = people[proposal_id] - {event.actor_id or 0}
    return recipients


def _people_of(proposal_ids: Collection[int]) -> dict[int, set[int]]:
    """By proposal id: the ids of users who acted or commented on it."""
    found: dict[int, set[int]] = defaultdict(set)
    done = select(ProposalEvent.proposal_id, ProposalEvent.by_id)
    said = select(Proposal.id, Comment.author_id).join(
        Comment, Comment.thread_id == Proposal.thread_id
    )
    for batch in in_batches(proposal_ids):
        for query, column in ((done, ProposalEvent.proposal_id), (said, Proposal.id)):
            for proposal_id, user_id in db.session.execute(query.where(column.in_(batch))):
                found[proposal_id].add(user_id)
    return found


def _authors_of(proposal_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for batch in in_batches(proposal_ids):
        query = select(Proposal.id, Proposal.author_id).where(Proposal.id.in_(batch))
        found |= {row.id: row.author_id for row in db.session.execute(query)}
    return found
