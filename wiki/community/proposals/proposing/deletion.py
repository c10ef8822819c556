"""Proposing that a page be deleted, with a reason."""

from flask import render_template
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.errors import (
    ProposalAmended,
    ProposalDecided,
    TooManyParts,
    TooManyProposals,
)
from wiki.community.proposals.forms import DeletionForm
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.proposal_editor import ProposalTarget, refusal_words
from wiki.community.proposals.proposing.propose import amend, propose
from wiki.pages.models import Page
from wiki.pages.writing.content import Content


def ask_to_delete(
    place: ProposalTarget,
    page: Page,
    form: DeletionForm | None = None,
    *,
    notice: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The page that asks for the reason, with the errors in `form` or the message `notice`."""
    form = form or DeletionForm(formdata=None, base_revision=page.revision_count)
    shown = render_template(
        "community/proposals/deletion.html", page=page, form=form, part=place.part, notice=notice
    )
    return shown, status


def propose_deletion(place: ProposalTarget, page: Page) -> ResponseReturnValue | int:
    """Propose the deletion; returns the id of the proposal, or the page to show after an error.

    It replaces what the viewer's undecided proposal holds for the page.
    """
    form, by, viewer = DeletionForm(), signed_in_user(), current_viewer()
    if not form.validate():
        return ask_to_delete(place, page, form, status=422)
    why, base = form.summary.data or "", form.base_revision.data or page.revision_count
    deletion = ProposedPage(Content(page.title, ""), page.id, base, is_deletion=True)
    try:
        if place.part is None:
            return propose([deletion], by=by, viewer=viewer, title=why)
        amend(place.part.proposal_id, [deletion], by=by, viewer=viewer, title=why or None)
    except (TooManyProposals, TooManyParts, ProposalDecided, ProposalAmended) as error:
        return ask_to_delete(place, page, form, notice=refusal_words(error), status=409)
    return place.part.proposal_id
