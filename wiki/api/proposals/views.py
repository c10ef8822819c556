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
    proposed_answer,
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
from wiki.api.schema import Answer
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
def list_proposals(query: ProposalQuery) -> Answer:
    """The proposals of which you may read all pages, and your own."""
    found = proposal_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/proposals/<id:proposal_id>")
@operation(ProposalDocument, tag=PROPOSALS)
def read_proposal(proposal_id: int, query: VersionQuery) -> Answer:
    """A proposal, with what it would make of each page."""
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
    tells=("Location",),
)
def add_proposal(json: NewProposal) -> Answer:
    """Propose changes of pages that you may read, or new pages."""
    by, viewer = signed_in_user(), current_viewer()
    pages = proposed_pages(viewer, json)
    return proposed_answer(propose(pages, by=by, viewer=viewer, title=json.title), 1)


@api.patch("/proposals/<id:proposal_id>")
@operation(
    ProposalSaved,
    tag=PROPOSALS,
    is_writing=True,
    may_be_erased=True,
    may=can_propose,
    tells=("Location",),
)
def amend_proposal(proposal_id: int, json: ProposalAmendment) -> Answer:
    """Change pages of a proposal of yours that waits, or add some."""
    by, viewer = signed_in_user(), current_viewer()
    title = json.title or own_proposal(viewer, proposal_id).proposal.title
    pages, seen = proposed_pages(viewer, json), json.version
    version = amend(proposal_id, pages, by=by, viewer=viewer, version=seen, title=title)
    return proposed_answer(proposal_id, version)


@api.post("/proposals/<id:proposal_id>/accept")
@operation(Accepted, tag=PROPOSALS, is_repeatable=True)
def accept_proposal(proposal_id: int, json: AcceptRequest) -> Answer:
    """Write all pages of a proposal: for those who may edit them all."""
    by, viewer = signed_in_user(), current_viewer()
    decidable_proposal(viewer, proposal_id)
    saved = accept(proposal_id, by=by, viewer=viewer, version=json.version)
    return Accepted(pages=[saved_answer(each) for each in saved])


@api.post("/proposals/<id:proposal_id>/answer")
@operation(None, tag=PROPOSALS, status=204, is_repeatable=True)
def answer_proposal(proposal_id: int, json: Decision) -> Answer:
    """Ask the author for changes, or decline, with a reason: for those who may edit the pages."""
    decide(proposal_id, json, by=signed_in_user(), viewer=current_viewer())
    return make_response("", 204)


@api.post("/proposals/<id:proposal_id>/withdraw")
@operation(None, tag=PROPOSALS, status=204, is_repeatable=True)
def withdraw_proposal(proposal_id: int) -> Answer:
    """Take back a proposal of yours."""
    own_proposal(current_viewer(), proposal_id)
    withdraw(proposal_id, by=signed_in_user())
    return make_response("", 204)
