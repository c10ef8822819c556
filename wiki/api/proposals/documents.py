"""Builds responses about proposals, and reads what programs propose."""

from collections.abc import Sequence

from flask import request, url_for

from wiki.access.permissions import Viewer, current_viewer
from wiki.accounts.models import User
from wiki.api.cursors import part_by_offset
from wiki.api.history.documents import author_id_of
from wiki.api.pages.contents import content_of_change, content_of_new, refused_part
from wiki.api.pages.schemas import NewPage, PageChange
from wiki.api.proposals.schemas import (
    Decision,
    NewProposal,
    PartItem,
    ProposalDocument,
    ProposalFileChange,
    ProposalItem,
    ProposalList,
    ProposalPart,
    ProposalQuery,
    ProposalSaved,
    ProposedPageBody,
)
from wiki.community.proposals.deciding.decide import ask_for_changes, decline
from wiki.community.proposals.file_changes.described import FileChangeView, file_changes_of
from wiki.community.proposals.models import UNDECIDED, PartAction, ProposalState
from wiki.community.proposals.proposal_view import (
    PartView,
    ProposalView,
    decidable_proposal,
)
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.queue import ListedProposal, ProposalFilter, list_proposals
from wiki.database import db
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.writing.revision_store import load_content
from wiki.web.programs.problems import Problem

_CONTENT = ("title", "text", "kind", "tags", "status", "fields")


def proposal_list(viewer: Viewer, query: ProposalQuery) -> ProposalList:
    """The proposals that match `query` and that the viewer may see, and the next cursor."""
    states = (
        UNDECIDED
        if not query.state
        else ()
        if query.state == "all"
        else (ProposalState(query.state),)
    )
    wanted = ProposalFilter(states, query.show, author_id_of(query.person), query.place, query.kind)
    found, cursor = part_by_offset(
        query, lambda skip, count: list_proposals(viewer, wanted, offset=skip, limit=count)
    )
    return ProposalList(items=[_item(each) for each in found], next=cursor)


def _item(listed: ListedProposal) -> ProposalItem:
    return ProposalItem(
        id=listed.id,
        title=listed.name,
        author=listed.author,
        state=ProposalState(listed.state).value,
        version=listed.version,
        created_at=listed.created_at,
        decided_at=listed.decided_at,
        decided_by=listed.decided_by,
        parts=[PartItem.model_validate(part) for part in listed.parts],
    )


def _file(change: FileChangeView) -> ProposalFileChange:
    return ProposalFileChange(
        file=change.file_id,
        name=change.name,
        new_name=change.new_name or None,
        has_new_content=bool(change.tag),
        is_deletion=change.is_deletion,
        is_changed=change.is_changed or change.is_gone,
    )


def proposal_document(view: ProposalView) -> ProposalDocument:
    """A proposal with its pages and files."""
    proposal = view.proposal
    return ProposalDocument(
        id=view.id,
        title=view.name,
        author=proposal.author.username,
        state=ProposalState(proposal.state).value,
        version=view.version,
        latest_version=proposal.version,
        created_at=proposal.created_at,
        decided_at=proposal.decided_at,
        decided_by=proposal.decided_by.username if proposal.decided_by else None,
        reason=proposal.reason,
        thread=proposal.thread_id,
        may_decide=view.may_decide,
        parts=[_part(each) for each in view.parts],
        files=[_file(each) for each in file_changes_of(current_viewer(), view.id)],
        url=_proposal_url(view.id),
    )


def _part(view: PartView) -> ProposalPart:
    part = view.part
    return ProposalPart(
        number=part.number,
        action=PartAction(part.action).value,
        standing=view.standing.value,
        path=view.path,
        new_path=part.path if part.action == PartAction.RENAME else None,
        title=part.title,
        kind=part.kind,
        tags=list(part.tags),
        fields=dict(part.fields),
        base_revision=part.base_revision,
        erased=part.is_erased,
        text="" if part.is_erased else part.body,
    )


def _proposal_url(proposal_id: int) -> str:
    return url_for("proposals.show", proposal_id=proposal_id, _external=True)


def proposal_response(proposal_id: int, version: int) -> tuple[ProposalSaved, int, dict[str, str]]:
    """The response to a new proposal or version: body, status and headers."""
    where = {"Location": url_for("api.read_proposal", proposal_id=proposal_id)}
    answer = ProposalSaved(id=proposal_id, version=version, url=_proposal_url(proposal_id))
    return answer, 201 if request.method == "POST" else 200, where


def proposed_pages(viewer: Viewer, sent: NewProposal) -> Sequence[ProposedPage]:
    """The proposed pages of a request body. Raises `PageNotFound`, `Problem` (400, 422)."""
    pages = []
    for number, page in enumerate(sent.pages):
        try:
            pages.append(_proposed(viewer, page))
        except Problem as problem:
            raise problem.within(f"pages.{number}") from problem
    return pages


def _proposed(viewer: Viewer, sent: ProposedPageBody) -> ProposedPage:
    values = {name: getattr(sent, name) for name in _CONTENT if getattr(sent, name) is not None}
    if sent.page is None:
        if sent.title is None:
            raise refused_part("title", "A new page needs a title.")
        content = content_of_new(NewPage(**values))
        return ProposedPage(content, path=sent.path)
    if sent.base_revision is None:
        raise refused_part("base_revision", "Send the revision that you have read.")
    page = visible_page(viewer, sent.page)
    if sent.base_revision > page.revision_count:
        raise refused_part("base_revision", f"The page has {page.revision_count} revisions.")
    before = load_content(db.session(), page.id, sent.base_revision)
    if sent.delete:
        return ProposedPage(before, page.id, sent.base_revision, is_deletion=True)
    content = content_of_change(before, PageChange(**values))
    return ProposedPage(content, page.id, sent.base_revision, sent.path)


def decide(proposal_id: int, sent: Decision, *, by: User, viewer: Viewer) -> None:
    """Ask for changes or decline.

    Raises `ProposalNotFound`, `Forbidden`, `ProposalDecided`, `ProposalAmended`.
    """
    decidable_proposal(viewer, proposal_id)
    act = decline if sent.action == "decline" else ask_for_changes
    act(proposal_id, sent.reason, by=by, viewer=viewer, version=sent.version)
