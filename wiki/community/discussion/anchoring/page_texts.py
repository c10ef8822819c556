"""The plain text of a page, current or of a revision, for locating anchors."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from wiki.community.discussion.anchoring.anchors import Anchor, PageSection, PageText
from wiki.community.discussion.models import Thread
from wiki.database import db
from wiki.markup import render
from wiki.markup.sentinels import without_marks
from wiki.pages.errors import RevisionNotFound
from wiki.pages.models import Page, Rendering
from wiki.pages.queries.revisions import load_revisions


def current_text(page_id: int) -> PageText:
    """The current plain text of a page; empty if the page hasn't been rendered yet."""
    query = select(Rendering.sections, Rendering.body).where(Rendering.page_id == page_id)
    row = db.session.execute(query).first()
    return _page_text(row.sections, row.body) if row else PageText([])


def text_as_of(page: Page, number: int) -> PageText | None:
    """The plain text of revision `number`; `None` if there is no such revision or it was erased."""
    try:
        (revision,) = load_revisions(page.id, [number])
    except RevisionNotFound:
        return None
    if revision.erased_why is not None:
        return None
    rendered = render(revision.text, path=page.path, for_reader=True)
    parts = [(part.id, part.heading, part.text) for part in rendered.sections]
    return _page_text(parts, rendered.plain)


def _page_text(parts: Iterable[Sequence[str]], otherwise: str) -> PageText:
    """`parts`: id, heading and text of each section; if there are none, `otherwise` is the text."""
    sections = [PageSection(id_, heading, without_marks(text)) for id_, heading, text in parts]
    return PageText(sections or [PageSection("", "", otherwise)])


def anchor_of(thread: Thread) -> Anchor:
    """The anchor that the thread's row holds; runs no statement."""
    return Anchor(
        thread.revision_number,
        thread.heading,
        thread.heading_text,
        thread.quote,
        thread.before,
        thread.after,
    )
