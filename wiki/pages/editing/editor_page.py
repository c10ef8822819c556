"""The editor, with a preview, a diff, or messages about what is wrong."""

from collections.abc import Callable, Sequence

from flask import flash, get_template_attribute, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.config import PAGE_TEXT_LIMIT
from wiki.database import StorageUnavailable, db
from wiki.kinds.current import kind_of, offered_kinds
from wiki.kinds.values import card_of
from wiki.markup import render
from wiki.naming import NameRefused
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.editing.data_uris import unpack_pictures
from wiki.pages.editing.edited_page import page_of_draft
from wiki.pages.editing.forms import EditForm
from wiki.pages.editing.kind_fields import FieldsRefused
from wiki.pages.editing.messages import too_long_message, unfinished_message
from wiki.pages.editing.unfinished_text import Unfinished, check_uploads_finished, written_text
from wiki.pages.errors import PathForbidden, PathTaken, TextTooLong
from wiki.pages.models import Draft, Page
from wiki.pages.presentation.personalize import personalized_preview
from wiki.pages.queries.page_extras import advice
from wiki.pages.sections import SectionNotFound, section_of, with_section
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import drafts_of_page, get_draft, new_draft_key, save_draft
from wiki.pages.writing.revision_store import load_content_or_empty
from wiki.pages.writing.text_store import clean_text
from wiki.web.base_url import current_url
from wiki.web.request_values import parse_number
from wiki.web.storage_messages import outage_message


def open_draft(form: EditForm, page: Page | None) -> Sequence[Draft]:
    """Fill the form from the draft in `?draft=`, or start a new one; returns the drafts to offer.

    Raises `DraftNotFound`.
    """
    form.draft_key.data = new_draft_key()
    draft_id = parse_number(request.args.get("draft"))
    if draft_id is not None:
        draft = get_draft(signed_in_user(), draft_id)
        if page_of_draft(draft) == page:
            form.show_draft(draft)
            return ()
    return drafts_of_page(signed_in_user(), page.id if page else None)


def show_section_only(form: EditForm, section: str) -> str | None:
    """Reduce the form’s text to one section; returns a notice if there is no such section."""
    if not section:
        return None
    try:
        form.text.data = section_of(form.text.data or "", section)
    except SectionNotFound:
        notice: str = _("This section can’t be edited separately. Here is the whole page.")
        return notice
    form.section.data = section
    return None


def prepare_text(form: EditForm, page: Page | None) -> None:
    """Check that the text is complete, and store pictures pasted into it as files.

    Raises `Unfinished`, `StorageUnavailable`.
    """
    text = form.text.data or ""
    check_uploads_finished(text)
    if page is None:
        text = written_text(text, has_fields=form.has_filled_fields)
    unpacked = unpack_pictures(text, current_viewer(), page_id=page.id if page else None)
    form.text.data = unpacked.text
    for reason in unpacked.refusals:
        flash(_("A picture remains in the text and isn’t shown. %(why)s", why=reason), "warn")


def put_section_back(form: EditForm, page: Page) -> None:
    """Replace the section in the form by the whole text that contains it.

    Raises `SectionNotFound`.
    """
    if form.section.data:
        base = load_content_or_empty(db.session(), page.id, form.base_revision.data)
        form.text.data = with_section(base.text, form.section.data, form.text.data or "")


def show_preview(
    form: EditForm, page: Page | None, show: Callable[..., str] | None = None
) -> ResponseReturnValue:
    """The form with its text rendered; the fields are also stored as a draft.

    `show` renders the form, here and below; the default is `show_editor`.
    """
    try:
        save_draft(signed_in_user(), page.id if page else None, form.draft_fields())
        notice = None
    except TextTooLong as error:
        return show_refusal(form, page, error, show)
    except StorageUnavailable:
        notice = _("The draft could not be saved on the server.")
    path = page.path if page else ""
    html = personalized_preview(
        render(form.text.data or "", path=path), page.id if page else None, path
    )
    shown = preview_card(form) + html
    if show is not None:
        return show(form, page, preview_html=shown, notice=notice)
    beside = advice(form.kind.data or "", form.title.data or "", form.typed)
    return show_editor(form, page, preview_html=shown, notice=notice, advice=beside)


def preview_card(form: EditForm) -> Markup:
    """The card that the page would show for its fields; empty if there are none."""
    kind = kind_of(form.kind.data or "")
    card = card_of(kind, form.content().fields)
    if not card:
        return Markup()
    made: Markup = get_template_attribute("macros/kinds.html", "kind_card")(card, kind.label)
    return made


def show_changes(
    form: EditForm, page: Page | None, show: Callable[..., str] | None = None
) -> ResponseReturnValue:
    """The form with the diff of its text and the revision on which the edit is based."""
    base = Content(title="", text="")
    if page is not None:
        base = load_content_or_empty(db.session(), page.id, form.base_revision.data)
    before = section_of(base.text, form.section.data) if form.section.data else base.text
    changes = diff_texts(before, clean_text(form.text.data or ""))
    return (show or show_editor)(form, page, changes=changes)


def show_editor(
    form: EditForm,
    page: Page | None,
    *,
    preview_html: Markup | None = None,
    changes: Diff | None = None,
    notice: str | None = None,
    drafts: Sequence[Draft] = (),
    template: str = "pages/editing/edit.html",
    address: str = "",
    **more: object,
) -> str:
    """The form as filled in, with error messages and the drafts on offer.

    `template` must extend the editor’s template; it also gets `more`. `address` is where the form
    is sent, by default the URL of this request.
    """
    form.page_id.data = page.id if page else None
    if notice is None and request.method == "GET":
        notice = _unfinished_notice(form.text.data or "")
    form.fit_kind()
    return render_template(
        template,
        form=form,
        page=page,
        kinds=offered_kinds(),
        preview_html=preview_html,
        changes=changes,
        notice=notice,
        drafts=drafts,
        size_limit=PAGE_TEXT_LIMIT,
        # The URL without a fragment that a button may have added.
        address=address or current_url(),
        **more,
    )


def _unfinished_notice(text: str) -> str | None:
    """A notice about uploads that were in progress when the draft was stored."""
    try:
        check_uploads_finished(text)
    except Unfinished as error:
        return unfinished_message(error)
    return None


def show_refusal(
    form: EditForm, page: Page | None, error: Exception, show: Callable[..., str] | None = None
) -> ResponseReturnValue:
    """The form as it was typed, with a message about what is wrong."""
    form.validate()
    show = show or show_editor
    match error:
        case NameRefused() | PathTaken() | PathForbidden():
            form.reject_name(error)
        case TextTooLong():
            form.reject("text", too_long_message(error))
        case FieldsRefused(are_too_long=True):
            form.form_errors = [_("The fields are too long together. Move a part into the text.")]
        case Unfinished():
            form.reject("text", unfinished_message(error))
        case StorageUnavailable():
            message, advice = outage_message(error.reason)
            notice = f"{_('Nothing has been saved, and nothing is lost.')} {message} {advice}"
            return show(form, page, notice=notice), 503
    return show(form, page), 403 if isinstance(error, PathForbidden) else 422
