"""What a draft would do to its page if it were saved now."""

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
    """The difference between the page as it is now and the merged text, with mine in conflicts."""

    diff: Diff
    conflicts: int  # how many


def save_preview(draft: Draft, page: Page) -> SavePreview:
    """What saving `draft` would change. A section that is gone is taken for the whole text."""
    session = db.session()
    base = load_content_or_empty(session, page.id, draft.base_revision).text
    now = load_content(session, page.id, page.revision_count).text
    mine = draft.text
    if draft.section:
        with suppress(SectionNotFound):
            mine = with_section(base, draft.section, draft.text)
    merge = merge_texts(base, mine, now)
    return SavePreview(diff_texts(now, merge.text), len(merge.conflicts))
