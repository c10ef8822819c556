"""The conflict page: both texts, place by place, until one is saved."""

from contextlib import suppress
from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.database import StorageUnavailable, db
from wiki.pages.blueprint import person
from wiki.pages.budget import Budget, html_size
from wiki.pages.editing.forms import EditForm
from wiki.pages.errors import TextTooLong
from wiki.pages.merging.conflict_resolution import (
    Resolution,
    overlaps,
    read_resolutions,
    resolve_conflicts,
)
from wiki.pages.merging.merge import MergeResult, merge_texts
from wiki.pages.models import Page
from wiki.pages.writing.conflicts import Conflict, EditConflict, conflict_with
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import DraftFields, StoredDraft, keep_draft, stored_text
from wiki.pages.writing.store import content_or_nothing
from wiki.pages.writing.texts import clean_text


def show_conflict(
    form: EditForm,
    page: Page,
    error: EditConflict,
    *,
    began_with: int | None,
    undone: int | None = None,
) -> ResponseReturnValue:
    """Both texts, with everything typed; mine is kept as a draft as well.

    `undone` is the revision that was to be undone, if it was that.
    """
    conflict = error.conflict
    kept = _keep_mine(page, form, conflict.mine, began_with)
    form.section.data = ""
    form.fill(conflict.merged, conflict.current.number)
    return _page(form, page, conflict, began_with, kept=kept, undone=undone), 409


def ask_again(form: EditForm, page: Page) -> ResponseReturnValue:
    """The same page for a form in which a choice is missing."""
    mine = replace(form.content(), text=_mine(page))
    against = form.base_revision.data or page.revision_count
    conflict = conflict_with(page.id, against, mine, _began_with())
    if _is_long():
        form.text.data = conflict.merged.text  # it was not sent
    words = _("Choose for each place which version is to stand.")
    return _page(form, page, conflict, _began_with(), words=words), 422


def _page(
    form: EditForm,
    page: Page,
    conflict: Conflict,
    began_with: int | None,
    *,
    words: str = "",
    kept: StoredDraft | None = None,
    undone: int | None = None,
) -> str:
    form.page_id.data = page.id
    form.offer_statuses()
    budget = Budget()
    for text in (form.text.data or "", conflict.mine.text, conflict.theirs.text):
        budget.shows(html_size(text))
    shown = [] if budget.is_out_of_size else overlaps(conflict.merge, budget)
    # Nobody chooses in a page of megabytes; what was typed is safe in the draft.
    is_long = budget.is_out_of_size and (kept is not None or _is_long())
    return render_template(
        "pages/editing/conflict_long.html" if is_long else "pages/editing/conflict.html",
        form=form,
        page=page,
        conflict=conflict,
        overlaps=shown,
        began_with=began_with,
        words=words,
        kept=kept,
        undone=undone,
        typed=request.form,
    )


class ChoiceMissing(ValueError):
    """A conflict was left without a choice."""


def resolved_text(page: Page, against: int | None) -> str:
    """The text with each conflict as chosen. Raises `ChoiceMissing`, `DraftNotFound`."""
    if _is_long():
        return _chosen_text(page, against)
    merge = _merge(page, against)
    resolutions: list[Resolution] | None = read_resolutions(request.form, len(merge.conflicts))
    if resolutions is None:
        raise ChoiceMissing
    return resolve_conflicts(merge, resolutions)


def _chosen_text(page: Page, against: int | None) -> str:
    """Of two texts that were too long to be shown, the one that was chosen."""
    match request.form.get("choice-0"):
        case "mine":
            return _mine(page)
        case "theirs":
            return content_or_nothing(db.session(), page.id, against).text
        case _:
            raise ChoiceMissing


def _merge(page: Page, against: int | None) -> MergeResult:
    session = db.session()
    base = content_or_nothing(session, page.id, _began_with())
    theirs = content_or_nothing(session, page.id, against)
    return merge_texts(base.text, _mine(page), theirs.text)


def _mine(page: Page) -> str:
    if _is_long():
        return stored_text(person(), page.id, request.form.get("draft_key", ""))
    return clean_text(request.form.get("mine", ""))


def _is_long() -> bool:
    """Whether the page that was answered showed neither text; mine is in the draft."""
    return "is_long" in request.form


def _began_with() -> int | None:
    value = request.form.get("began_with", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _keep_mine(
    page: Page, form: EditForm, mine: Content, began_with: int | None
) -> StoredDraft | None:
    typed = DraftFields(
        text=mine.text,
        title=mine.title,
        kind=mine.kind,
        status=str(mine.fields.get("status", "")),
        tags=", ".join(mine.tags),
        summary=form.summary.data or "",
        base_revision=began_with,
        key=form.draft_key.data or "",
    )
    # When it can't be kept now, it stands in the page all the same.
    with suppress(StorageUnavailable, TextTooLong):
        return keep_draft(person(), page.id, typed)
    return None
