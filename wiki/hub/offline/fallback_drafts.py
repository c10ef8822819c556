"""Keeps what can’t be saved as a draft of its author, so that nothing is lost."""

import hashlib

from wiki.accounts.models import User
from wiki.hub.offline.change_file import ChangedPage
from wiki.pages.editor import EditForm, NewPageForm
from wiki.pages.errors import TextTooLong
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import TooManyDrafts, save_draft


def save_fallback_draft(
    change: ChangedPage, content: Content, *, by: User, page_id: int | None, base: int | None = None
) -> int | None:
    """Store `content` as a draft and return its id.

    For a missing page, it becomes the draft of a new one. `None` if the text is too long for a
    draft, or if it would replace another draft. Needs a request context, since drafts are made
    of forms.
    """
    form = EditForm(formdata=None) if page_id else NewPageForm(formdata=None)
    form.show_content(content, base)
    form.summary.data = change.summary
    form.draft_key.data = draft_key_of(change)
    if page_id is None:
        form["path"].data = change.path
    try:
        return save_draft(by, page_id, form.draft_fields(), may_discard=False).id
    except (TextTooLong, TooManyDrafts):
        return None


def draft_key_of(change: ChangedPage) -> str:
    """The key of the editor that the change was written in, so that submitting a file twice makes
    one draft.
    """
    identity = (change.page_id, change.base_hash, change.path, change.title, change.text)
    return f"offline-{hashlib.sha256(repr(identity).encode()).hexdigest()[:16]}"
