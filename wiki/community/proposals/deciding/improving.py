"""Accepting with changes: improved in the editor, or resolved on the conflict page."""

from contextlib import suppress

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.proposals.comparison import Comparison, compare_with_now, is_overtaken
from wiki.community.proposals.deciding.accepting import PartConflict, PartPathTaken, accept
from wiki.community.proposals.deciding.decide import improve
from wiki.community.proposals.errors import (
    FileOvertaken,
    NothingProposed,
    PageOvertaken,
    PageUnavailable,
    ProposalAmended,
    ProposalDecided,
)
from wiki.community.proposals.forms import MoveProposalForm, NewProposalForm, ProposalForm
from wiki.community.proposals.models import PartAction
from wiki.community.proposals.proposal_view import PartView, ProposalView, decidable_proposal
from wiki.community.proposals.proposing.parts import ProposedPage, content_of
from wiki.community.proposals.proposing.proposal_editor import REFUSALS, show_form
from wiki.database import StorageUnavailable
from wiki.pages.editor import (
    ChoiceMissing,
    ProposedSide,
    ask_again,
    check_uploads_finished,
    resolved_text,
    show_changes,
    show_conflict,
    show_preview,
    show_refusal,
)
from wiki.pages.errors import TextTooLong
from wiki.pages.models import Page
from wiki.pages.moving.mover import MAX_RENAMED_PAGES, MoveRefused, TooComplex, TooManyPages
from wiki.pages.writing.content import clean_content
from wiki.pages.writing.drafts import new_draft_key, save_draft
from wiki.pages.writing.write import SaveResult

Saved = list[SaveResult]
_REFUSED = (
    *(NothingProposed, PageUnavailable, PageOvertaken),
    *(ProposalAmended, ProposalDecided, MoveRefused),
)


def form_of(part: PartView, *, sent: bool = False) -> ProposalForm:
    """The editor's form for a part; with `sent`, filled from the request."""
    kind: type[ProposalForm] = ProposalForm
    if part.part.page is None:
        kind = NewProposalForm
    elif part.action == PartAction.RENAME:
        kind = MoveProposalForm
    return kind() if sent else kind(formdata=None)


def fill_form(form: ProposalForm, view: ProposalView, part: PartView) -> None:
    """Fill the form with a part, merged with its page except where they conflict."""
    content, base = content_of(part.part), part.part.base_revision
    compared = _compared(part)
    if compared is not None and not compared.conflicts:
        content, base = compared.after, compared.number
    form.show_content(content, base)
    form.summary.data = view.proposal.title
    form.proposal.data, form.version.data = view.id, view.version
    form.draft_key.data = new_draft_key()
    if isinstance(form, NewProposalForm):
        form.path.data = part.part.path


def _compared(part: PartView) -> Comparison | None:
    page = part.part.page
    return compare_with_now(part.part, page) if page is not None else None


def show_editor(form: ProposalForm, view: ProposalView, part: PartView, **more: object) -> str:
    """The HTML of the editor in which a part is improved; `more` goes to the template."""
    return show_form(
        form, part.part.page, improved=view, part=part, address=_address(view, part), **more
    )


def send_form(
    form: ProposalForm, view: ProposalView, part: PartView
) -> ResponseReturnValue | Saved:
    """Do what the form's button says; returns the page to show, or what was saved."""
    page = part.part.page

    def show(form: ProposalForm, _page: Page | None, **more: object) -> str:
        return show_editor(form, view, part, **more)

    match request.form.get("action"):
        case "preview":
            return show_preview(form, page, show)
        case "changes":
            return show_changes(form, page, show)
        case "kind":
            return show(form, page)
    try:
        return _accept(form, view, part)
    except ChoiceMissing:
        return ask_again(form, page, _side_of(view, part)) if page else ("", 422)
    except (PartConflict, PartPathTaken) as error:
        return resolve(view.id, error)
    except REFUSALS as error:
        return show_refusal(form, page, error, show)
    except _REFUSED as error:
        with suppress(StorageUnavailable, TextTooLong):
            save_draft(signed_in_user(), page.id if page else None, form.draft_fields())
        notice = f"{refusal_words(error)} {_('Your text is kept as a draft.')}"
        if isinstance(error, ProposalAmended):
            form.version.data = error.version
        return show(form, page, notice=notice), 422 if isinstance(error, NothingProposed) else 409


def _accept(form: ProposalForm, view: ProposalView, part: PartView) -> Saved:
    page = part.part.page
    if not view.is_available:
        raise PageUnavailable
    if request.form.get("action") == "resolve" and page is not None:
        form.text.data = resolved_text(page, form.base_revision.data)
        form.text.raw_data = [form.text.data]  # counts as sent, even if only choices were
    check_uploads_finished(form.text.data or "")
    content = clean_content(form.edit(content_of(part.part)).content)
    written = ProposedPage(
        content,
        page_id=part.part.page_id,
        base_revision=form.base_revision.data,
        path=form.path.data or part.part.path if isinstance(form, NewProposalForm) else None,
        draft_key=form.draft_key.data or "",
        replaces=part.number,
    )
    by, viewer, version = signed_in_user(), current_viewer(), form.version.data or 0
    draft_key = written.draft_key
    if not _is_as_proposed(written, part):
        version = improve(view.id, [written], by=by, viewer=viewer, version=version)
        by = signed_in_user()
    return accept(view.id, by=by, viewer=viewer, version=version, draft_key=draft_key)


def _is_as_proposed(written: ProposedPage, part: PartView) -> bool:
    """Whether the part was left as proposed."""
    compared = _compared(part)
    if compared is None:
        return written.content == content_of(part.part) and written.path == part.part.path
    return (
        written.path == (part.part.path if part.action == PartAction.RENAME else None)
        and not (part.part.page and is_overtaken(part.part, part.part.page))
        and not compared.conflicts
        and written.content == compared.after
    )


def resolve(proposal_id: int, error: PartConflict | PartPathTaken) -> ResponseReturnValue:
    """The page for resolving a conflict, or the editor for choosing another path.

    Nothing is stored.
    """
    view = decidable_proposal(current_viewer(), proposal_id)
    part = view.part(error.number)
    form, page = form_of(part), part.part.page
    fill_form(form, view, part)
    if isinstance(error, PartPathTaken):
        form.reject_name(error)
        return show_editor(form, view, part), 422
    assert page is not None, "only a page that is there conflicts"  # noqa: S101
    began_with = part.part.base_revision
    side = _side_of(view, part)
    return show_conflict(form, page, error, began_with=began_with, proposed=side)


def _side_of(view: ProposalView, part: PartView) -> ProposedSide:
    return ProposedSide(view.proposal.author.username, _address(view, part))


def _address(view: ProposalView, part: PartView) -> str:
    """The URL to which improvements of a part are posted."""
    return url_for("proposals.improve", proposal_id=view.id, part=part.number)


def refusal_words(error: Exception) -> str:
    """The message for an error that prevented a decision."""
    words: str
    match error:
        case ProposalAmended():
            words = _("The proposal has been changed in the meantime. Look at it again.")
        case ProposalDecided():
            words = _("The proposal has been decided or withdrawn in the meantime.")
        case PageOvertaken():
            words = _(
                "A page was changed after its deletion was proposed, or renamed after another name "
                "was. Look at it again."
            )
        case TooComplex():
            words = _("The links of %(path)s can’t be found in time, so it can’t move.", path=error)
        case TooManyPages():
            words = _(
                "This would change links in more than %(limit)s pages.", limit=MAX_RENAMED_PAGES
            )
        case FileOvertaken():
            words = _(
                "A file was changed, deleted or erased after this was proposed. Look at it again."
            )
        case PageUnavailable():
            words = _("A page of this proposal was deleted or its text erased, so it waits.")
        case _:
            words = _("That would change nothing in the page.")
    return words
