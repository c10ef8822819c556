"""Proposing a change of a page or a new page, and what authors do with their proposals."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import proposers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.blueprint import proposals
from wiki.community.proposals.errors import NothingProposed, ProposalAmended, ProposalDecided
from wiki.community.proposals.forms import NewProposalForm, SeenVersionForm
from wiki.community.proposals.proposal_view import own_proposal
from wiki.community.proposals.proposing.deletion import ask_to_delete, propose_deletion
from wiki.community.proposals.proposing.proposal_editor import (
    ProposalTarget,
    fill_form,
    form_of,
    send_form,
    show_form,
    target_at,
)
from wiki.community.proposals.proposing.propose import amend, confirm_wanted, withdraw
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.kinds.current import kind_of, scaffold
from wiki.pages.editor import open_draft, show_section_only
from wiki.pages.queries.page_queries import page_at
from wiki.web.csrf import allow_same_origin
from wiki.web.request_values import parse_number


@proposals.get("/propose")
@proposers_only
def new() -> ResponseReturnValue:
    form = NewProposalForm(formdata=None)
    kind = request.args.get("kind", DEFAULT_KIND)
    form.kind.data = kind_of(kind).name
    form.title.data = request.args.get("title", "")
    form.path.data = request.args.get("path", "")
    form.text.data = scaffold(form.kind.data, form.title.data)
    fill_form(form, ProposalTarget())
    drafts = open_draft(form, None)
    return show_form(form, None, drafts=drafts)


@proposals.post("/propose")
@allow_same_origin
@proposers_only
def send_new() -> ResponseReturnValue:
    return _sent(send_form(NewProposalForm(), ProposalTarget()))


@proposals.get("/proposals/add")
@proposers_only
def add() -> ResponseReturnValue:
    """Redirect to the editor of another page that is to be added to one's own proposal."""
    proposal_id = parse_number(request.args.get("proposal")) or 0
    own_proposal(current_viewer(), proposal_id)
    page = page_at(current_viewer(), request.args.get("page", ""))
    return redirect(url_for(".propose", path=page.path, proposal=proposal_id), 303)


@proposals.get("/propose/<wikipath:path>")
@proposers_only
def propose(path: str) -> ResponseReturnValue:
    place = target_at(path)
    if place.page is not None and "delete" in request.args:
        return ask_to_delete(place, place.page)
    form = form_of(place)
    fill_form(form, place)
    section = "" if place.part else request.args.get("section", "")
    notice = show_section_only(form, section)
    drafts = open_draft(form, place.page)
    return show_form(form, place.page, notice=notice, drafts=drafts, amended=place.part)


@proposals.post("/propose/<wikipath:path>")
@allow_same_origin
@proposers_only
def send(path: str) -> ResponseReturnValue:
    place = target_at(path, parse_number(request.form.get("page_id")))
    if place.page is not None and request.form.get("action") == "delete":
        return _sent(propose_deletion(place, place.page))
    return _sent(send_form(form_of(place, is_sent=True), place))


def _sent(result: ResponseReturnValue | int) -> ResponseReturnValue:
    """The page to show, or a redirect to the proposal that was sent."""
    if not isinstance(result, int):
        return result
    words = _("Thank you. Your proposal is waiting for somebody who may edit the page.")
    if current_viewer().is_on_review:
        words = _(
            "Thank you. Your first edits are reviewed before they appear; this one is now waiting."
        )
    flash(words, "ok")
    return redirect(url_for(".show", proposal_id=result), 303)


@proposals.post("/proposals/<id:proposal_id>/withdraw", endpoint="withdraw")
@proposers_only
def withdraw_own(proposal_id: int) -> ResponseReturnValue:
    """Withdraw one's own proposal."""
    try:
        withdraw(proposal_id, by=signed_in_user())
        flash(_("Withdrawn. What you wrote stays here."), "ok")
    except ProposalDecided:
        flash(_("It has already been decided."), "warn")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@proposals.post("/proposals/<id:proposal_id>/wanted")
@proposers_only
def wanted(proposal_id: int) -> ResponseReturnValue:
    """Confirm that one's own proposal is still wanted."""
    try:
        confirm_wanted(proposal_id, by=signed_in_user())
        flash(_("Thank you. It keeps waiting."), "ok")
    except ProposalDecided:
        flash(_("It has already been decided."), "warn")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@proposals.post("/proposals/<id:proposal_id>/without/<id:number>")
@proposers_only
def without(proposal_id: int, number: int) -> ResponseReturnValue:
    """Remove one page from a proposal of several."""
    by, viewer = signed_in_user(), current_viewer()
    own_proposal(viewer, proposal_id).part(number)
    try:
        version = SeenVersionForm().version.data
        amend(proposal_id, [], by=by, viewer=viewer, version=version, without=[number])
        flash(_("The page is no longer part of this proposal."), "ok")
    except ProposalDecided:
        flash(_("It has already been decided."), "warn")
    except ProposalAmended:
        flash(_("The proposal has changed in the meantime. Look at it again."), "warn")
    except NothingProposed:
        flash(_("It is the only page of this proposal. Withdraw that instead."), "warn")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)
