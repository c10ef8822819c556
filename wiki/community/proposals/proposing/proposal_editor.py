"""The editor for writing a proposal: its target, its form, and sending it."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.comparison import compare_with_now
from wiki.community.proposals.errors import (
    NothingProposed,
    ProposalAmended,
    ProposalDecided,
    TooManyParts,
    TooManyProposals,
)
from wiki.community.proposals.forms import MoveProposalForm, NewProposalForm, ProposalForm
from wiki.community.proposals.models import PartAction, ProposalPage
from wiki.community.proposals.proposal_view import own_proposal
from wiki.community.proposals.proposing.parts import ProposedPage, content_of, own_part_at
from wiki.community.proposals.proposing.propose import amend, propose
from wiki.database import StorageUnavailable, db
from wiki.naming import NameRefused
from wiki.pages.editor import (
    FieldsRefused,
    Unfinished,
    check_uploads_finished,
    put_section_back,
    show_changes,
    show_editor,
    show_preview,
    show_refusal,
    written_text,
)
from wiki.pages.errors import PageNotFound, PathForbidden, PathTaken, TextTooLong
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page, visible_page_by_id
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import save_draft
from wiki.pages.writing.revision_store import load_content
from wiki.web.request_values import parse_number

_REFUSED = (NothingProposed, TooManyProposals, TooManyParts, ProposalDecided, ProposalAmended)
REFUSALS = (
    *(NameRefused, TextTooLong, PathTaken, PathForbidden),
    *(StorageUnavailable, Unfinished, FieldsRefused),
)


@dataclass(frozen=True, slots=True)
class ProposalTarget:
    """What the proposal is about: an existing page, or a new one if `page` is `None`.

    `part` is the viewer's undecided proposal for it, which is then amended.
    """

    page: Page | None = None
    part: ProposalPage | None = None


def target_at(path: str, page_id: int | None = None) -> ProposalTarget:
    """The target at `path`, or the page with `page_id` for which a form was opened.

    Raises `PageNotFound`.
    """
    viewer = current_viewer()
    page = visible_page_by_id(viewer, page_id) if page_id else None
    if page is None:
        with suppress(PageNotFound):
            page = visible_page(viewer, path)
    part = own_part_at(signed_in_user().id, page, path)
    if page is None and part is None:
        raise PageNotFound(path)
    return ProposalTarget(page, part)


def form_of(place: ProposalTarget, *, is_sent: bool = False) -> ProposalForm:
    """The editor's form for a target; with `is_sent`, filled from the request."""
    kind: type[ProposalForm] = ProposalForm
    is_rename = place.part is not None and place.part.action == PartAction.RENAME
    if place.page is None:
        kind = NewProposalForm
    elif "path" in request.form if is_sent else is_rename or "rename" in request.args:
        kind = MoveProposalForm
    return kind() if is_sent else kind(formdata=None)


def fill_form(form: ProposalForm, place: ProposalTarget) -> None:
    """Fill the form with the page, or with what the viewer proposed, merged with the page."""
    part, page = place.part, place.page
    if part is not None:
        form.proposal.data = part.proposal_id
        form.version.data = part.proposal.version
        form.summary.data = part.proposal.title
    if part is not None and part.action != PartAction.DELETE:
        content, base = content_of(part), part.base_revision
        if page is not None and not (now := compare_with_now(part, page)).conflicts:
            content, base = now.after, now.number
        form.show_content(content, base)
    elif page is not None:
        content = load_content(db.session(), page.id, page.revision_count)
        form.show_content(content, page.revision_count)
    if "path" in form and (part or page):
        form.path.data = (part and part.path) or (page.path if page else "")
        form.replaces.data = part.number if part and page is None else None
    if (added := parse_number(request.args.get("proposal"))) and form.proposal.data is None:
        found = own_proposal(current_viewer(), added)
        form.proposal.data, form.version.data = found.id, found.version
        form.summary.data = found.proposal.title


def show_form(form: ProposalForm, page: Page | None, **more: Any) -> str:
    """The HTML of the editor with this form.

    Without a `page`, the proposal is a new one; `more` goes to the template.
    """
    return show_editor(
        form,
        page,
        template="community/proposals/editor.html",
        without_uploads=True,
        **more,
    )


def send_form(form: ProposalForm, place: ProposalTarget) -> ResponseReturnValue | int:
    """Do what the form's button says; returns the page to show, or the id of the proposal."""
    page, typed = place.page, form.text.data
    match request.form.get("action"):
        case "preview":
            return show_preview(form, page, show_form)
        case "changes":
            return show_changes(form, page, show_form)
        case "kind":
            return show_form(form, page)
    try:
        return _propose(form, place)
    except (*REFUSALS, *_REFUSED) as error:
        form.text.data = typed  # only the section, not the text around it
        if isinstance(error, _REFUSED):
            return _refuse(form, page, error)
        return show_refusal(form, page, error, show_form)


def _propose(form: ProposalForm, place: ProposalTarget) -> int:
    text = form.text.data or ""
    check_uploads_finished(text)
    if place.page is None:
        form.text.data = written_text(text, has_fields=form.has_filled_fields)
    else:
        put_section_back(form, place.page)
    by, viewer = signed_in_user(), current_viewer()
    page = ProposedPage(
        form.edit(_before(place)).content,
        page_id=place.page.id if place.page else None,
        base_revision=form.base_revision.data,
        path=form.path.data if "path" in form else None,
        draft_key=form.draft_key.data or "",
        replaces=form.replaces.data if "replaces" in form else None,
    )
    title = form.summary.data or ""
    if form.proposal.data:
        version = form.version.data
        amend(form.proposal.data, [page], by=by, viewer=viewer, version=version, title=title)
        return form.proposal.data
    return propose([page], by=by, viewer=viewer, title=title)


def _before(place: ProposalTarget) -> Content | None:
    """The content from which fields that weren't sent are kept."""
    if place.part is not None:
        return content_of(place.part)
    if place.page is None:
        return None
    return load_content(db.session(), place.page.id, place.page.revision_count)


def _refuse(form: ProposalForm, page: Page | None, error: Exception) -> ResponseReturnValue:
    """The form with the error; what was typed is also saved as a draft."""
    with suppress(StorageUnavailable, TextTooLong):
        save_draft(signed_in_user(), page.id if page else None, form.draft_fields())
    if isinstance(error, TooManyParts | ProposalDecided):
        form.proposal.data = form.version.data = None
    if isinstance(error, ProposalAmended):
        form.version.data = error.version
    is_late = isinstance(error, ProposalAmended | ProposalDecided)
    return show_form(form, page, notice=refusal_words(error)), 409 if is_late else 422


def refusal_words(error: Exception) -> str:
    """The message for an error that prevented a proposal."""
    notice: str
    match error:
        case TooManyProposals():
            notice = _(
                "You have %(limit)s proposals that wait for an answer, which is as many as one "
                "person can have. Withdraw one, or wait. Your text is kept as a draft.",
                limit=error.limit,
            )
        case TooManyParts():
            notice = _(
                "A proposal can have at most %(limit)s pages. Propose this one separately.",
                limit=error.limit,
            )
        case ProposalAmended():
            notice = _(
                "You have changed this proposal in another window in the meantime. Look at it "
                "there; if you send this text again, it takes its place."
            )
        case ProposalDecided():
            notice = _(
                "This proposal has been decided or withdrawn in the meantime, so it can’t be "
                "changed any more. If you send your text again, it becomes a new proposal."
            )
        case _:
            notice = _("You haven’t changed anything, so there is nothing to propose.")
    return notice
