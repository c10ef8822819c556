"""The editor's page: with a preview, with one's own changes, or with what is wrong."""

from collections.abc import Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.access import current_viewer
from wiki.config import TEXT_LIMIT
from wiki.database import StorageUnavailable, db
from wiki.markup import render
from wiki.naming import NameRefused
from wiki.pages.blueprint import person
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.editing.data_uris import unpack_pictures
from wiki.pages.editing.draft_views import draft_page, show_draft, typed_in
from wiki.pages.editing.forms import EditForm
from wiki.pages.editing.unfinished import Unfinished, check_sent, check_written
from wiki.pages.errors import PathTaken, TextTooLong
from wiki.pages.kinds import KINDS
from wiki.pages.models import Draft, Page
from wiki.pages.presentation.personalize import previewed
from wiki.pages.sections import SectionNotFound, section_of, with_section
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import draft_of, drafts_for, keep_draft, new_key
from wiki.pages.writing.store import content_of, content_or_nothing
from wiki.pages.writing.texts import clean_text
from wiki.web.base_url import here
from wiki.web.storage_messages import outage_words


def open_draft(form: EditForm, page: Page | None) -> Sequence[Draft]:
    """Put the draft of `?draft=` into the form, or begin one; returns those there are to offer."""
    form.draft_key.data = new_key()
    asked = request.args.get("draft", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        draft = draft_of(person(), int(asked))
        if draft_page(draft) == page:
            show_draft(form, draft)
            return ()
    return drafts_for(person(), page.id if page else None)


def leave_section(form: EditForm, section: str) -> str | None:
    """Leave nothing but a section in the form; a notice when there is none of that name."""
    if not section:
        return None
    try:
        form.text.data = section_of(form.text.data or "", section)
    except SectionNotFound:
        notice: str = _("This section can’t be edited by itself. Here is the whole page.")
        return notice
    form.section.data = section
    return None


def take_in(form: EditForm, page: Page | None) -> None:
    """Look at the text before it is saved: nothing is missing, and pictures in it are files.

    Raises `Unfinished`, `StorageUnavailable`.
    """
    text = form.text.data or ""
    check_sent(text)
    if page is None:
        check_written(text)
    unpacked = unpack_pictures(text, current_viewer(), page_id=page.id if page else None)
    form.text.data = unpacked.text
    for words in unpacked.refused:
        flash(_("A picture stays in the text, and isn’t shown. %(why)s", why=words), "warn")


def put_section_back(form: EditForm, page: Page) -> None:
    """Make the section that was edited the whole text again. Raises `SectionNotFound`."""
    if form.section.data:
        base = content_of(db.session(), page.id, form.base_revision.data or 0)
        form.text.data = with_section(base.text, form.section.data, form.text.data or "")


def show_preview(form: EditForm, page: Page | None) -> ResponseReturnValue:
    """The form with its text rendered; what was typed is kept as a draft on the way."""
    try:
        keep_draft(person(), page.id if page else None, typed_in(form))
        notice = None
    except TextTooLong as error:
        return show_refusal(form, page, error)
    except StorageUnavailable:
        notice = _("The draft could not be kept on the server just now.")
    path = page.path if page else ""
    html = previewed(render(form.text.data or "", path=path), page.id if page else None, path)
    return show_editor(form, page, preview_html=html, notice=notice)


def show_changes(form: EditForm, page: Page | None) -> ResponseReturnValue:
    """The form with what its text changes in the page as it was when the edit began."""
    base = Content(title="", text="")
    if page is not None:
        base = content_or_nothing(db.session(), page.id, form.base_revision.data)
    before = section_of(base.text, form.section.data) if form.section.data else base.text
    changes = diff_texts(before, clean_text(form.text.data or ""))
    return show_editor(form, page, changes=changes)


def show_editor(
    form: EditForm,
    page: Page | None,
    *,
    preview_html: Markup | None = None,
    changes: Diff | None = None,
    notice: str | None = None,
    drafts: Sequence[Draft] = (),
) -> str:
    """The form, with what was typed, and the drafts that are offered."""
    form.page_id.data = page.id if page else None
    if notice is None and request.method == "GET":
        notice = _missing(form.text.data or "")
    form.offer_statuses()
    return render_template(
        "pages/editing/edit.html",
        form=form,
        page=page,
        kinds=KINDS.values(),
        preview_html=preview_html,
        changes=changes,
        notice=notice,
        drafts=drafts,
        size_limit=TEXT_LIMIT,
        # Here, but not the part of the page to which a button has led.
        address=here(),
    )


def _missing(text: str) -> str | None:
    """A word on files that were on their way when a draft was kept."""
    try:
        check_sent(text)
    except Unfinished as error:
        return unfinished(error)
    return None


def show_refusal(form: EditForm, page: Page | None, error: Exception) -> ResponseReturnValue:
    """The form again, with everything that was typed and what is wrong with it."""
    form.validate()
    match error:
        case NameRefused() | PathTaken():
            form.reject_name(error)
        case TextTooLong():
            form.reject("text", too_long(error))
        case Unfinished():
            form.reject("text", unfinished(error))
        case StorageUnavailable():
            message, advice = outage_words(error.reason)
            notice = f"{_('Nothing is saved, and nothing is lost.')} {message} {advice}"
            return show_editor(form, page, notice=notice), 503
    return show_editor(form, page), 422


def unfinished(error: Unfinished) -> str:
    if error.reason == "outline":
        words: str = _("This is the outline, with nothing of your own in it yet. Write, then save.")
    else:
        words = _(
            "A file has not arrived: “%(place)s” stands in its place. "
            "Send it again, or take that out.",
            place=error.places[0],
        )
    return words


def too_long(error: TextTooLong) -> str:
    words: str = _(
        "The text has %(actual)s kB, and %(limit)s kB is the most a page can hold. Split it.",
        actual=f"{error.actual / 1000:,.0f}",
        limit=f"{error.limit / 1000:,.0f}",
    )
    return words
