"""Changes that somebody went on with in the file after they had given them back.

What was given back then is in the page by now, merged with what others had written: it is what the
two sides have in common, rather than the revision that the file was made with.
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


def given_content(before: Content, change: ChangedPage) -> Content | None:
    """What an earlier file made of `before`, if there was one that could be saved."""
    given = change.given
    if given is None:
        return None
    try:
        return clean_content(replace(before, title=given.title, text=given.text, tags=given.tags))
    except (NameRefused, TextTooLong):
        return None


def rebased(page: Page, base: int, content: Content, given: Content | None) -> tuple[int, Content]:
    """The revision to save `content` from, and what to save.

    Where `given` changed nothing of the page that isn't there already, it was taken, and what was
    written since is merged into the current revision. Without it both are as they came.
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
