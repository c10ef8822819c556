"""Promoting the author of accepted proposals over HTTP."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import reviewers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.blueprint import proposals
from wiki.community.proposals.newcomers.promotion import make_learner
from wiki.community.proposals.proposal_view import visible_proposal


@proposals.post("/proposals/<id:proposal_id>/make-learner")
@reviewers_only
def promote(proposal_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    view = visible_proposal(viewer, proposal_id)
    name = make_learner(view.proposal.author_id, by=signed_in_user(), viewer=viewer)
    flash(_("%(name)s is a learner now, and edits directly.", name=name), "ok")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)
