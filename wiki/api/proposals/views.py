"""Proposals: list, read, propose, amend, decide, withdraw."""

from flask import make_response

from wiki.access.permissions import can_propose, current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.openapi.operation import operation
from wiki.api.pages.documents import saved_answer
from wiki.api.proposals.documents import (
    decide,
    proposal_document,
    proposal_list,
    proposal_response,
    proposed_pages,
)
from wiki.api.proposals.schemas import (
    Accepted,
    AcceptRequest,
    Decision,
    NewProposal,
    ProposalAmendment,
    ProposalDocument,
    ProposalList,
    ProposalQuery,
    ProposalSaved,
    VersionQuery,
)
from wiki.api.schema import ViewResult
from wiki.community.proposals.deciding.accepting import accept
from wiki.community.proposals.proposal_view import (
    decidable_proposal,
    own_proposal,
    visible_proposal,
)
from wiki.community.proposals.proposing.propose import amend, propose, withdraw

PROPOSALS = "Proposals"


@api.get("/proposals")
@operation(ProposalList, tag=PROPOSALS)
def list_proposals(query: ProposalQuery) -> ViewResult:
    """Your own proposals, and those whose pages you may all read."""
    found = proposal_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/proposals/<id:proposal_id>")
@operation(ProposalDocument, tag=PROPOSALS)
def read_proposal(proposal_id: int, query: VersionQuery) -> ViewResult:
    """A proposal with the changes that it makes to each page."""
    view = visible_proposal(current_viewer(), proposal_id, version=query.version)
    return proposal_document(view)


@api.post("/proposals")
@operation(
    ProposalSaved,
    tag=PROPOSALS,
    status=201,
    is_repeatable=True,
    may_be_erased=True,
    may=can_propose,
    headers=("Location",),
)
def add_proposal(json: NewProposal) -> ViewResult:
    """Propose new pages, or changes to pages that you may read."""
    by, viewer = signed_in_user(), current_viewer()
    pages = proposed_pages(viewer, json)
    return proposal_response(propose(pages, by=by, viewer=viewer, title=json.title), 1)


@api.patch("/proposals/<id:proposal_id>")
@operation(
    ProposalSaved,
    tag=PROPOSALS,
    is_writing=True,
    may_be_erased=True,
    may=can_propose,
    headers=("Location",),
)
def amend_proposal(proposal_id: int, json: ProposalAmendment) -> ViewResult:
    """Change or add pages in your own open proposal."""
    by, viewer = signed_in_user(), current_viewer()
    title = json.title or own_proposal(viewer, proposal_id).proposal.title
    pages, seen = proposed_pages(viewer, json), json.version
    version = amend(proposal_id, pages, by=by, viewer=viewer, version=seen, title=title)
    return proposal_response(proposal_id, version)


@api.post("/proposals/<id:proposal_id>/accept")
@operation(Accepted, tag=PROPOSALS, is_repeatable=True)
def accept_proposal(proposal_id: int, json: AcceptRequest) -> ViewResult:
    """Accept a proposal and save all its pages. You need permission to edit each of them."""
    by, viewer = signed_in_user(), current_viewer()
    decidable_proposal(viewer, proposal_id)
    saved = accept(proposal_id, by=by, viewer=viewer, version=json.version)
    return Accepted(pages=[saved_answer(each) for each in saved])


@api.post("/proposals/<id:proposal_id>/answer")
@operation(None, tag=PROPOSALS, status=204, is_repeatable=True)
def answer_proposal(proposal_id: int, json: Decision) -> ViewResult:
    """Ask the author for changes, or decline, with a reason. You need permission to edit the
    pages.
    """
    decide(proposal_id, json, by=signed_in_user(), viewer=current_viewer())
    return make_response("", 204)


@api.post("/proposals/<id:proposal_id>/withdraw")
@operation(None, tag=PROPOSALS, status=204, is_repeatable=True)
def withdraw_proposal(proposal_id: int) -> ViewResult:
    """Withdraw your own proposal."""
    own_proposal(current_viewer(), proposal_id)
    withdraw(proposal_id, by=signed_in_user())
    return make_response("", 204)
