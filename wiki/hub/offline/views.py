"""The single-file hub: download it, and submit the changes made in it."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.decorators import proposers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.hub.offline import conflict as conflicts
from wiki.hub.offline.apply_changes import apply_changes
from wiki.hub.offline.change_file import ChangesRefused, read_changes
from wiki.hub.offline.download import MAX_PAGES, TooManyPagesForFile, send_hub
from wiki.hub.offline.forms import SubmitChangesForm
from wiki.pages.writing.drafts import get_draft
from wiki.rate_limits import count_attempt
from wiki.web.csrf import allow_same_origin

SUBMIT_RATE = "20 per hour"  # per account; each may save as many pages as fit into a file

offline = Blueprint("offline", __name__)


@offline.get("/offline")
def about() -> str:
    return _show(SubmitChangesForm(formdata=None))


@offline.get("/offline/hub.html", endpoint="hub_file")
def download() -> ResponseReturnValue:
    """The single-file hub; 413 if there are too many pages for one file."""
    try:
        answer: Response = send_hub(current_viewer(), request.args.get("below", "").strip())
    except TooManyPagesForFile:
        return _show(SubmitChangesForm(formdata=None), most=MAX_PAGES), 413
    return answer


@offline.post("/offline", endpoint="submit_changes")
@allow_same_origin
@proposers_only
def receive_changes() -> ResponseReturnValue:
    form, by, viewer = SubmitChangesForm(), signed_in_user(), current_viewer()
    try:
        changes = read_changes(form.sent())
    except ChangesRefused as refused:
        form.reject("file", refused.words)
        return _show(form), 413 if refused.reason == "too-large" else 422
    count_attempt(SUBMIT_RATE, "given back", viewer.user_id)
    results = apply_changes(changes, by=by, viewer=viewer)
    return render_template("hub/offline/results.html", results=results)


@offline.get("/offline/conflicts/<id:draft_id>")
@proposers_only
def conflict(draft_id: int) -> ResponseReturnValue:
    """The regions that both sides changed; without any, the editor."""
    draft = get_draft(signed_in_user(), draft_id)
    page = conflicts.page_of(draft)
    found = conflicts.conflict_of(draft, page)
    if found is None:
        return redirect(url_for("pages.edit", path=page.path, draft=draft.id), 303)
    return conflicts.show(draft, page, found)


def _show(form: SubmitChangesForm, *, most: int = 0) -> str:
    below = request.args.get("below", "")
    return render_template("hub/offline/offline.html", form=form, most=most, below=below)
