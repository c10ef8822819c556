"""Stores drafts while people type, lists them, and shows, restores and discards them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import proposers_only
from wiki.access.permissions import can_edit, can_edit_somewhere, current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.pages.blueprint import pages
from wiki.pages.editing.edited_page import page_of_draft, page_of_writer
from wiki.pages.editing.forms import EditForm, NewPageForm
from wiki.pages.editing.save_preview import save_preview
from wiki.pages.forms import ConfirmForm
from wiki.pages.models import Draft, Page
from wiki.pages.writing.drafts import discard_draft, get_draft, list_drafts, save_draft
from wiki.web.csrf import allow_same_origin


@pages.get("/drafts")
@proposers_only
def drafts() -> ResponseReturnValue:
    """All drafts of the signed-in person."""
    found = list_drafts(signed_in_user(), current_viewer())
    return render_template("pages/editing/drafts.html", drafts=found)


@pages.post("/drafts", endpoint="save_draft")
@allow_same_origin
@proposers_only
def save_draft_of_form() -> ResponseReturnValue:
    """Store the form of an editor as a draft.

    The parameter `page` is the path of the page, empty for a new one.
    """
    path = request.form.get("page", "")
    form = EditForm() if path else NewPageForm()
    page = page_of_writer(form, path) if path else None
    stored = save_draft(signed_in_user(), page.id if page else None, form.draft_fields())
    return {"id": stored.id, "saved_at": stored.saved_at.isoformat()}


@pages.get("/drafts/<id:draft_id>")
@proposers_only
def draft(draft_id: int) -> ResponseReturnValue:
    """A draft, and what saving it would change in the page now."""
    found = get_draft(signed_in_user(), draft_id)
    page = page_of_draft(found)
    return render_template(
        "pages/editing/draft.html",
        draft=found,
        page=page,
        preview=save_preview(found, page) if page else None,
        continue_url=_continue_url(found, page),
    )


def _continue_url(draft: Draft, page: Page | None) -> str:
    viewer = current_viewer()
    if page is None:
        new = ".new" if can_edit_somewhere(viewer) else "proposals.new"
        return url_for(new, draft=draft.id)
    if not can_edit(viewer, page):
        return url_for("proposals.propose", path=page.path, draft=draft.id)
    return url_for(".edit", path=page.path, draft=draft.id, section=draft.section or None)


@pages.get("/drafts/<id:draft_id>/delete")
@proposers_only
def confirm_discard(draft_id: int) -> ResponseReturnValue:
    """Ask before a draft is discarded."""
    found = get_draft(signed_in_user(), draft_id)
    page = page_of_draft(found)
    return render_template(
        "pages/editing/discard_draft.html",
        draft=found,
        page=page,
        form=ConfirmForm(),
        continue_url=_continue_url(found, page),
    )


@pages.post("/drafts/<id:draft_id>/delete")
@proposers_only
def discard(draft_id: int) -> ResponseReturnValue:
    """Discard a draft."""
    discard_draft(signed_in_user(), draft_id)
    flash(_("Draft discarded."), "ok")
    return redirect(url_for(".drafts"), 303)
