"""Changes continued in the file after an earlier version of them was submitted.

The earlier version is in the page by now, merged with others’ changes. It is therefore the
common base of the two sides, not the revision that the file was made with.
"""

from dataclasses import replace

from wiki.database import db
from wiki.hub.offline.base_revisions import revision_with
from wiki.hub.offline.change_file import ChangedPage
from wiki.naming import NameRefused
from wiki.pages.errors import TextTooLong
from wiki.pages.models import Page
from wiki.pages.writing.content import Content, clean_content, merge_contents
from wiki.pages.writing.revision_store import load_content_or_empty


def submitted_content(before: Content, change: ChangedPage) -> Content | None:
    """The content that an earlier file made of `before`; `None` if there was none that could be
    saved.
    """
    given = change.given
    if given is None:
        return None
    try:
        return clean_content(replace(before, title=given.title, text=given.text, tags=given.tags))
    except (NameRefused, TextTooLong):
        return None


def rebased(page: Page, base: int, content: Content, given: Content | None) -> tuple[int, Content]:
    """The base revision for saving `content`, and what to save.

    If all of `given` is already in the page, it was submitted, and what was written since is
    merged into the current revision. Otherwise both are returned unchanged.
    """
    if given is None:
        return base, content
    before = load_content_or_empty(db.session(), page.id, base)
    current = load_content_or_empty(db.session(), page.id, page.revision_count)
    once_more, merge = merge_contents(before, given, current)
    if merge.is_clean and _says_the_same(once_more, current):
        merged, merge = merge_contents(given, content, current)
        if merge.is_clean:
            return page.revision_count, merged
    return revision_with(page.id, given, base) or base, content


def _says_the_same(one: Content, other: Content) -> bool:
    return replace(one, tags=()) == replace(other, tags=()) and set(one.tags) == set(other.tags)
