"""Views for new pages, edits and previews."""

from flask import request
from flask.typing import ResponseReturnValue

from wiki.access.decorators import editors_only, proposers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.database import StorageUnavailable, db
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.kinds.current import kind_of, scaffold
from wiki.markup import preload_for, render
from wiki.naming import NameRefused
from wiki.pages.blueprint import pages
from wiki.pages.editing import editor_page
from wiki.pages.editing.conflict_page import ChoiceMissing, ask_again, resolved_text, show_conflict
from wiki.pages.editing.edited_page import page_of_form
from wiki.pages.editing.forms import EditForm, NewPageForm
from wiki.pages.editing.kind_fields import FieldsRefused
from wiki.pages.editing.messages import too_long_message
from wiki.pages.editing.unfinished_text import Unfinished
from wiki.pages.errors import PathForbidden, PathTaken, TextTooLong
from wiki.pages.models import Page
from wiki.pages.presentation.personalize import personalized_preview
from wiki.pages.queries.page_queries import editable_page, page_id_at
from wiki.pages.responses import redirect_to_saved
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content, load_content_or_empty
from wiki.pages.writing.text_store import clean_text
from wiki.pages.writing.write import create_page, save_edit
from wiki.web.csrf import allow_same_origin


@pages.get("/new")
@editors_only
def new() -> ResponseReturnValue:
    """The editor for a new page."""
    form = NewPageForm(formdata=None)
    kind = request.args.get("kind", DEFAULT_KIND)
    form.kind.data = kind_of(kind).name
    form.title.data = request.args.get("title", "")
    form.path.data = request.args.get("path", "")
    form.prefill(request.args)
    form.text.data = scaffold(form.kind.data, form.title.data)
    drafts = editor_page.open_draft(form, None)
    return editor_page.show_editor(form, None, drafts=drafts)


@pages.post("/new")
@allow_same_origin
@editors_only
def save_new() -> ResponseReturnValue:
    """Save a new page, or show its preview."""
    form = NewPageForm()
    return _other_action(form, None) or _create(form)


def _create(form: NewPageForm) -> ResponseReturnValue:
    try:
        editor_page.prepare_text(form, None)
        edit = form.edit()
        saved = create_page(
            edit.content,
            by=signed_in_user(),
            viewer=current_viewer(),
            path=form.path.data,
            summary=edit.summary,
            draft_key=edit.draft_key,
        )
        return redirect_to_saved(saved, draft_key=edit.draft_key)
    except (
        NameRefused,
        TextTooLong,
        PathTaken,
        PathForbidden,
        StorageUnavailable,
        Unfinished,
        FieldsRefused,
    ) as error:
        return editor_page.show_refusal(form, None, error)


@pages.get("/edit/<wikipath:path>")
@editors_only
def edit(path: str) -> ResponseReturnValue:
    """The editor of a page."""
    page = editable_page(current_viewer(), path)
    form = EditForm(formdata=None)
    content = load_content(db.session(), page.id, page.revision_count)
    form.show_content(content, page.revision_count)
    preload_for(content.text)
    notice = editor_page.show_section_only(form, request.args.get("section", ""))
    drafts = editor_page.open_draft(form, page)
    return editor_page.show_editor(form, page, notice=notice, drafts=drafts)


@pages.post("/edit/<wikipath:path>")
@allow_same_origin
@editors_only
def save(path: str) -> ResponseReturnValue:
    """Save an edit; show a preview, a diff, or a conflict."""
    form = EditForm()
    page = page_of_form(form, path)
    return _other_action(form, page) or _save(form, page)


def _other_action(form: EditForm, page: Page | None) -> ResponseReturnValue | None:
    """The response to a button other than “save”; `None` if it was “save”."""
    match request.form.get("action"):
        case "preview":
            return editor_page.show_preview(form, page)
        case "kind":
            return editor_page.show_editor(form, page)
        case "changes":
            return editor_page.show_changes(form, page)
        case _:
            return None


def _save(form: EditForm, page: Page) -> ResponseReturnValue:
    typed = form.text.data
    try:
        if request.form.get("action") == "resolve":
            # The field has mine in each overlap: shown again, it would undo theirs.
            form.text.data = typed = resolved_text(page, form.base_revision.data)
            form.text.raw_data = [typed]  # counts as sent, even if only choices were
        editor_page.prepare_text(form, page)
        typed = form.text.data
        editor_page.put_section_back(form, page)
        before = load_content(db.session(), page.id, page.revision_count)
        edit = form.edit(before, _base_of(form, page, before))
        return redirect_to_saved(
            save_edit(page.id, edit, by=signed_in_user()), draft_key=edit.draft_key
        )
    except ChoiceMissing:
        return ask_again(form, page)
    except EditConflict as error:
        return show_conflict(form, page, error, began_with=form.base_revision.data)
    except (NameRefused, TextTooLong, StorageUnavailable, Unfinished, FieldsRefused) as error:
        form.text.data = typed
        return editor_page.show_refusal(form, page, error)


def _base_of(form: EditForm, page: Page, now: Content) -> Content:
    """The content on which the edit is based."""
    number = form.base_revision.data
    if number == page.revision_count:
        return now
    return load_content_or_empty(db.session(), page.id, number)


@pages.post("/preview")
@allow_same_origin
@proposers_only
def preview() -> ResponseReturnValue:
    """The rendered fragment of `text` and the fields, as the page at `path` would show them."""
    path = request.form.get("path", "")
    try:
        rendered = render(clean_text(request.form.get("text", "")), path=path)
        page_id = page_id_at(current_viewer(), path)
        card = editor_page.preview_card(EditForm())
        return card + personalized_preview(rendered, page_id, path, marks_lines=True)
    except TextTooLong as error:
        return too_long_message(error), 422
