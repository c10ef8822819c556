"""Deciding on a proposal over HTTP: accepting it whole, improved or in part; answering it."""

from collections.abc import Callable
from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.decorators import proposers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.blueprint import proposals
from wiki.community.proposals.deciding import hunk_selection, improving
from wiki.community.proposals.deciding.accepting import PartConflict, PartPathTaken, accept
from wiki.community.proposals.deciding.decide import ask_for_changes, decline, improve
from wiki.community.proposals.errors import (
    AnswerMissing,
    NothingProposed,
    NothingTaken,
    PageOvertaken,
    PageUnavailable,
    ProposalAmended,
    ProposalDecided,
)
from wiki.community.proposals.file_changes.carry_out import FileDecision
from wiki.community.proposals.file_changes.described import file_changes_of
from wiki.community.proposals.forms import AnswerForm, SeenVersionForm
from wiki.community.proposals.models import PartAction
from wiki.community.proposals.newcomers.promotion import is_due
from wiki.community.proposals.proposal_view import PartView, ProposalView, decidable_proposal
from wiki.community.proposals.proposing.parts import ProposedPage, content_of
from wiki.community.proposals.queue import next_waiting
from wiki.community.proposals.views import show_proposal
from wiki.community.proposals.visibility import Standing
from wiki.pages.editor import place_problem
from wiki.pages.errors import PathTaken
from wiki.pages.moving.mover import MoveRefused
from wiki.pages.urls import page_url
from wiki.pages.writing.write import SaveResult
from wiki.web.request_values import parse_number

_CHANGED = (ProposalAmended, ProposalDecided, PageUnavailable, PageOvertaken, MoveRefused)


def _requested(proposal_id: int) -> ProposalView:
    return decidable_proposal(current_viewer(), proposal_id)


@proposals.post("/proposals/<id:proposal_id>/accept", endpoint="accept")
@proposers_only
def accept_whole(proposal_id: int) -> ResponseReturnValue:
    _requested(proposal_id)
    viewer, version = current_viewer(), SeenVersionForm().version.data or 0
    files = _file_decision()
    try:
        saved = accept(
            proposal_id, by=signed_in_user(), viewer=viewer, version=version, files=files
        )
    except (PartConflict, PartPathTaken) as error:
        return improving.resolve(proposal_id, error)
    except _CHANGED as error:
        return _refused(proposal_id, error)
    return _to_accepted(proposal_id, saved)


def _file_decision() -> FileDecision:
    """The choice for files that were changed since the proposal."""
    seen: dict[int, int] = {}
    for value in request.form.getlist("file"):
        file_id, _dash, number = value.partition("-")
        seen[parse_number(file_id) or 0] = parse_number(number) or 0
    return FileDecision(seen, leaves_out=request.form.get("files") == "leave")


def _to_accepted(proposal_id: int, saved: list[SaveResult]) -> ResponseReturnValue:
    """Redirect to the page that was written, or to the proposal if there were several."""
    flash(
        ngettext("Accepted, and saved.", "Accepted, and all %(num)s pages saved.", len(saved)),
        "ok",
    )
    # If the author can be promoted now, the proposal's page offers that.
    view = _requested(proposal_id)
    is_there = view.parts[0].standing is Standing.LIVE
    if len(saved) == 1 and is_there and not is_due(current_viewer(), view.proposal.author):
        return redirect(page_url(saved[0].path), 303)
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def _refused(proposal_id: int, error: Exception, reason: str = "") -> ResponseReturnValue:
    """The current proposal with the reason why nothing was decided, and what was typed."""
    view = _requested(proposal_id)
    form = AnswerForm(formdata=None, version=view.version, reason=reason)
    words, number = improving.refusal_words(error), getattr(error, "number", None)
    return show_proposal(view, form, notice=words, number=number, status=409)


@proposals.get("/proposals/<id:proposal_id>/improve", endpoint="improve")
@proposers_only
def show_improve(proposal_id: int) -> ResponseReturnValue:
    view = _requested(proposal_id)
    part = view.part(parse_number(request.args.get("part")))
    if not view.may_decide or not view.is_available or part.action == PartAction.DELETE:
        return redirect(url_for(".show", proposal_id=proposal_id))
    form = improving.form_of(part)
    improving.fill_form(form, view, part)
    return improving.show_editor(form, view, part)


@proposals.post("/proposals/<id:proposal_id>/improve")
@proposers_only
def save_improved(proposal_id: int) -> ResponseReturnValue:
    view = _requested(proposal_id)
    part = view.part(parse_number(request.args.get("part")))
    if part.action == PartAction.DELETE:
        return _delete_as_it_is(view, part)
    result = improving.send_form(improving.form_of(part, sent=True), view, part)
    if isinstance(result, list) and all(isinstance(each, SaveResult) for each in result):
        return _to_accepted(proposal_id, result)
    return result


def _delete_as_it_is(view: ProposalView, part: PartView) -> ResponseReturnValue:
    """Accept the deletion of a page that was changed since, at the revision that was looked at."""
    by, viewer = signed_in_user(), current_viewer()
    seen = parse_number(request.form.get("base_revision"))
    deletion = ProposedPage(content_of(part.part), part.part.page_id, seen, is_deletion=True)
    version = SeenVersionForm().version.data or 0
    try:
        version = improve(view.id, [deletion], by=by, viewer=viewer, version=version)
        saved = accept(view.id, by=signed_in_user(), viewer=viewer, version=version)
    except (PartConflict, PartPathTaken) as error:
        return improving.resolve(view.id, error)
    except _CHANGED as error:
        return _refused(view.id, error)
    return _to_accepted(view.id, saved)


@proposals.get("/proposals/<id:proposal_id>/choose")
@proposers_only
def choose(proposal_id: int) -> ResponseReturnValue:
    view = _requested(proposal_id)
    if not view.may_decide or not view.is_available:
        return redirect(url_for(".show", proposal_id=proposal_id))
    return _choices(view)


def _choices(view: ProposalView, *, message: str = "", status: int = 200) -> ResponseReturnValue:
    """The page for choosing changes; keeps what was chosen if the form is shown again."""
    offered, taken = hunk_selection.offer(view), request.form.getlist("take")
    is_back = request.method == "POST"
    page = render_template(
        "community/proposals/choose.html",
        view=view,
        offered=offered,
        files=file_changes_of(current_viewer(), view.id),
        takes_files=not is_back or _takes_files(),
        form=SeenVersionForm(formdata=None, version=view.version),
        chosen=hunk_selection.chosen_again(offered, request.form, taken) if is_back else None,
        message=message,
    )
    return page, status


@proposals.post("/proposals/<id:proposal_id>/choose")
@proposers_only
def accept_chosen(proposal_id: int) -> ResponseReturnValue:
    view = _requested(proposal_id)
    try:
        saved = _accept_chosen(view, SeenVersionForm().version.data or 0)
    except (NothingTaken, NothingProposed):
        return _choices(view, message=_("Choose at least one change."), status=422)
    except (PartConflict, PartPathTaken) as error:
        return improving.resolve(proposal_id, error)
    except (hunk_selection.PageChanged, PathTaken) as error:
        return _choices(_requested(proposal_id), message=_changed_words(error), status=409)
    except _CHANGED as error:
        return _refused(proposal_id, error)
    return _to_accepted(proposal_id, saved)


def _takes_files() -> bool:
    return request.form.get("files") == "take"


def _changed_words(error: hunk_selection.PageChanged | PathTaken) -> str:
    if isinstance(error, PathTaken):
        return place_problem(error)
    return str(_("A page has changed in the meantime. Choose again."))


def _accept_chosen(view: ProposalView, version: int) -> list[SaveResult]:
    if not view.is_available:
        raise PageUnavailable
    offered = hunk_selection.offer(view)
    hunk_selection.check_seen(offered, request.form)
    viewer, has_files = current_viewer(), _takes_files()
    chosen = set(request.form.getlist("take"))
    pages, left_out = hunk_selection.select_hunks(offered, chosen, has_files=has_files)
    if pages or left_out:
        version = improve(
            view.id,
            pages,
            by=signed_in_user(),
            viewer=viewer,
            version=version,
            without=left_out,
            made_of={each.number: content_of(each.part) for each in view.parts},
        )
    files = FileDecision(leaves_out=not has_files)
    return accept(view.id, by=signed_in_user(), viewer=viewer, version=version, files=files)


@proposals.post("/proposals/<id:proposal_id>/answer")
@proposers_only
def answer(proposal_id: int) -> ResponseReturnValue:
    """Ask the author for changes or decline, with a reason."""
    view, form = _requested(proposal_id), AnswerForm()
    is_declining = request.form.get("action") == "decline"
    if form.validate():
        with suppress(AnswerMissing):
            return _answered(proposal_id, form, decline if is_declining else ask_for_changes)
        form.reject("reason", _("Say why, so that the author knows what to do."))
    return show_proposal(view, form, status=422)


def _answered(proposal_id: int, form: AnswerForm, act: Callable[..., None]) -> ResponseReturnValue:
    by, viewer, reason = signed_in_user(), current_viewer(), form.reason.data or ""
    try:
        act(proposal_id, reason, by=by, viewer=viewer, version=form.version.data or 0)
    except _CHANGED as error:
        return _refused(proposal_id, error, reason)
    flash(_("Declined.") if act is decline else _("You have requested changes."), "ok")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@proposals.get("/proposals/<id:proposal_id>/next")
@proposers_only
def next_one(proposal_id: int) -> ResponseReturnValue:
    """Redirect to the next proposal that waits for this person, or to the queue."""
    found = next_waiting(current_viewer(), proposal_id)
    if found is None:
        flash(_("No other proposal is waiting for you."), "note")
        return redirect(url_for(".queue"))
    return redirect(url_for(".show", proposal_id=found))
