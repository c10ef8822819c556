"""The conflict page: shows both texts, overlap by overlap, until a choice is saved."""

from contextlib import suppress
from dataclasses import dataclass, replace

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.accounts.authentication.sessions import signed_in_user
from wiki.database import StorageUnavailable, db
from wiki.pages.budget import Budget, escaped_size
from wiki.pages.editing.forms import EditForm
from wiki.pages.errors import TextTooLong
from wiki.pages.merging.conflict_resolution import (
    overlaps,
    read_resolutions,
    resolve_conflicts,
)
from wiki.pages.merging.merge import MergeResult, merge_texts
from wiki.pages.models import Page
from wiki.pages.queries.revisions import load_revisions
from wiki.pages.writing.conflicts import Conflict, EditConflict, conflict_with
from wiki.pages.writing.drafts import StoredDraft, draft_text, save_draft
from wiki.pages.writing.fields import base_for
from wiki.pages.writing.revision_store import load_content_or_empty
from wiki.pages.writing.text_store import clean_text
from wiki.web.request_values import parse_number


@dataclass(frozen=True, slots=True)
class ProposedSide:
    """Says that one side of the conflict is a proposal, and where choices are sent."""

    author: str
    address: str


def show_conflict(
    form: EditForm,
    page: Page,
    error: EditConflict,
    *,
    began_with: int | None,
    undone: int | None = None,
    proposed: ProposedSide | None = None,
) -> ResponseReturnValue:
    """The conflict page (409), with everything that was typed; it is also stored as a draft.

    `began_with` is the number of the revision that the edit began from, `undone` that of the
    revision being undone, if any.
    """
    conflict = error.conflict
    form.section.data = ""
    form.show_content(conflict.mine, began_with)
    draft = _save_draft(page, form)
    form.show_content(conflict.merged, conflict.number)
    answer = _page(form, page, conflict, began_with, draft=draft, undone=undone, proposed=proposed)
    return answer, 409


def ask_again(
    form: EditForm, page: Page, proposed: ProposedSide | None = None
) -> ResponseReturnValue:
    """The conflict page again, for a form in which a choice is missing."""
    mine = replace(form.content(), text=_mine(page))
    # The text that mine was in conflict with may have been erased since.
    against, _now = base_for(db.session(), page, form.base_revision.data)
    form.base_revision.data = against
    conflict = conflict_with(page.id, against, mine, _began_with())
    if _is_long():
        form.text.data = conflict.merged.text  # it was not sent
    message = _("Choose a version for each place.")
    answer = _page(form, page, conflict, _began_with(), message=message, proposed=proposed)
    return answer, 422


def _page(
    form: EditForm,
    page: Page,
    conflict: Conflict,
    began_with: int | None,
    *,
    message: str = "",
    draft: StoredDraft | None = None,
    undone: int | None = None,
    proposed: ProposedSide | None = None,
) -> str:
    form.page_id.data = page.id
    form.fit_kind()
    budget = Budget()
    for text in (form.text.data or "", conflict.mine.text, conflict.theirs.text):
        budget.take_size(escaped_size(text))
    shown = [] if budget.is_out_of_size else overlaps(conflict.merge, budget)
    # A page of megabytes is useless for choosing; what was typed is safe in the draft.
    is_long = budget.is_out_of_size and (draft is not None or _is_long())
    return render_template(
        "pages/editing/conflict_long.html" if is_long else "pages/editing/conflict.html",
        form=form,
        page=page,
        conflict=conflict,
        current=load_revisions(page.id, [conflict.number])[0],
        overlaps=shown,
        began_with=began_with,
        message=message,
        draft=draft,
        undone=undone,
        proposed=proposed,
        sent=request.form,
    )


class ChoiceMissing(ValueError):
    """A conflict has no choice."""


def resolved_text(page: Page, against: int | None) -> str:
    """The merged text with each conflict resolved as chosen.

    Raises `ChoiceMissing`, `DraftNotFound`.
    """
    if _is_long():
        return _chosen_text(page, against)
    merge = _merge(page, against)
    resolutions = read_resolutions(request.form, len(merge.conflicts))
    if resolutions is None:
        raise ChoiceMissing
    return resolve_conflicts(merge, resolutions)


def _chosen_text(page: Page, against: int | None) -> str:
    """The text chosen from two that were too long to show."""
    match request.form.get("choice-0"):
        case "mine":
            return _mine(page)
        case "theirs":
            return load_content_or_empty(db.session(), page.id, against).text
        case _:
            raise ChoiceMissing


def _merge(page: Page, against: int | None) -> MergeResult:
    session = db.session()
    base = load_content_or_empty(session, page.id, _began_with())
    theirs = load_content_or_empty(session, page.id, against)
    return merge_texts(base.text, _mine(page), theirs.text)


def _mine(page: Page) -> str:
    if _is_long():
        return draft_text(signed_in_user(), page.id, request.form.get("draft_key", ""))
    return clean_text(request.form.get("mine", ""))


def _is_long() -> bool:
    """Whether the form is that of `conflict_long.html`, without texts; mine is in the draft."""
    return "is_long" in request.form


def _began_with() -> int | None:
    return parse_number(request.form.get("began_with"))


def _save_draft(page: Page, form: EditForm) -> StoredDraft | None:
    # If the draft can't be stored now, the form still contains the text.
    with suppress(StorageUnavailable, TextTooLong):
        return save_draft(signed_in_user(), page.id, form.draft_fields())
    return None
