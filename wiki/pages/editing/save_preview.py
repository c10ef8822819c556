"""Shows what saving a draft now would change in its page."""

from contextlib import suppress
from dataclasses import dataclass

from wiki.database import db
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.merging.merge import merge_texts
from wiki.pages.models import Draft, Page
from wiki.pages.sections import SectionNotFound, with_section
from wiki.pages.writing.revision_store import load_content, load_content_or_empty


@dataclass(frozen=True, slots=True)
class SavePreview:
    """The diff between the current page and the merged text, which has mine in conflicts."""

    diff: Diff
    conflicts: int  # their number


def save_preview(draft: Draft, page: Page) -> SavePreview:
    """What saving `draft` would change.

    If its section no longer exists, the draft counts as the whole text.
    """
    session = db.session()
    base = load_content_or_empty(session, page.id, draft.base_revision).text
    now = load_content(session, page.id, page.revision_count).text
    mine = draft.text
    if draft.section:
        with suppress(SectionNotFound):
            mine = with_section(base, draft.section, draft.text)
    merge = merge_texts(base, mine, now)
    return SavePreview(diff_texts(now, merge.text), len(merge.conflicts))
