"""Drafts: kept while one writes, found again on the edit page and in one list."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access import current_viewer
from wiki.access.decorators import editors_only
from wiki.pages.blueprint import pages, person
from wiki.pages.editing.forms import EditForm, NewPageForm
from wiki.pages.editing.save_preview import save_preview
from wiki.pages.errors import PageNotFound
from wiki.pages.forms import ConfirmForm
from wiki.pages.models import Draft, Page
from wiki.pages.queries.page_queries import visible_page, visible_page_by_id
from wiki.pages.writing.drafts import (
    DraftFields,
    draft_of,
    drafts_of,
    drop_draft,
    keep_draft,
    key_of_draft,
)
from wiki.web.csrf import allow_same_origin


@pages.get("/drafts")
@editors_only
def drafts() -> ResponseReturnValue:
    return render_template(
        "pages/editing/drafts.html", drafts=drafts_of(person(), current_viewer())
    )


@pages.post("/drafts")
@allow_same_origin
@editors_only
def keep() -> ResponseReturnValue:
    """Keep what stands in an editor's form; `page` is the path of the page, empty for a new one."""
    path = request.form.get("page", "")
    form = EditForm() if path else NewPageForm()
    page = page_of(form, path) if path else None
    kept = keep_draft(person(), page.id if page else None, typed_in(form))
    return {"id": kept.id, "saved_at": kept.saved_at.isoformat()}


def page_of(form: EditForm, path: str) -> Page:
    """The page the form was opened for: it may have moved, and another one stand at `path`.

    Raises `PageNotFound`.
    """
    if form.page_id.data:
        return visible_page_by_id(current_viewer(), form.page_id.data)
    return visible_page(current_viewer(), path)


def typed_in(form: EditForm) -> DraftFields:
    """Everything that stands in the editor."""
    path = form.path.data if isinstance(form, NewPageForm) else ""
    return DraftFields(
        text=form.text.data or "",
        title=form.title.data or "",
        path=path or "",
        kind=form.kind.data or "",
        status=form.status.data or "",
        tags=form.tags.data or "",
        summary=form.summary.data or "",
        section=form.section.data or "",
        base_revision=form.base_revision.data,
        key=form.draft_key.data or "",
    )


def show_draft(form: EditForm, draft: Draft) -> None:
    """Put a draft into the editor, on the revision it was begun from."""
    for name in ("title", "text", "kind", "status", "tags", "summary", "section"):
        form[name].data = getattr(draft, name)
    form.base_revision.data = draft.base_revision
    form.draft_key.data = key_of_draft(draft)
    if isinstance(form, NewPageForm):
        form.path.data = draft.path


@pages.get("/drafts/<id:draft_id>")
@editors_only
def draft(draft_id: int) -> ResponseReturnValue:
    """A draft, and what saving it would change in the page as it is now."""
    found = draft_of(person(), draft_id)
    page = draft_page(found)
    return render_template(
        "pages/editing/draft.html",
        draft=found,
        page=page,
        outcome=save_preview(found, page) if page else None,
        continue_url=_continue_url(found, page),
    )


def draft_page(draft: Draft) -> Page | None:
    """The page a draft is of; none for a new page, and when the person can't see it any more."""
    if draft.page_id is None:
        return None
    try:
        return visible_page_by_id(current_viewer(), draft.page_id)
    except PageNotFound:
        return None


def _continue_url(draft: Draft, page: Page | None) -> str:
    if page is None:
        return url_for(".new", draft=draft.id)
    return url_for(".edit", path=page.path, draft=draft.id, section=draft.section or None)


@pages.get("/drafts/<id:draft_id>/delete")
@editors_only
def ask_to_drop(draft_id: int) -> ResponseReturnValue:
    found = draft_of(person(), draft_id)
    page = draft_page(found)
    url = _continue_url(found, page)
    return render_template(
        "pages/editing/drop.html", draft=found, page=page, form=ConfirmForm(), continue_url=url
    )


@pages.post("/drafts/<id:draft_id>/delete")
@editors_only
def drop(draft_id: int) -> ResponseReturnValue:
    drop_draft(person(), draft_id)
    flash(_("The draft is thrown away."), "ok")
    return redirect(url_for(".drafts"), 303)
