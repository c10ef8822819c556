"""Creating many pages at once, for imports and for the starter pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.markup import Rendered, render
from wiki.naming import path_key
from wiki.pages.errors import PathTaken
from wiki.pages.models import Page
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.derived import derive
from wiki.pages.writing.write import SaveResult, insert_page, path_for


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page cleaned and rendered beforehand, so that writing it holds the lock only briefly.

    Rendering takes longest and needs no database: these can be made in other processes.
    """

    path: str
    content: Content
    rendered: Rendered


def prepare_page(content: Content, path: str | None = None) -> PreparedPage:
    """Clean and render `content`. Pure. Raises `NameRefused`, `TextTooLong`."""
    content = clean_content(content)
    path = path_for(content.title, content.kind, path)
    return PreparedPage(path, content, render(content.text, path=path))


def create_pages(
    pages: Sequence[PreparedPage],
    *,
    by: User | None,
    begin: Callable[[Session], None] | None = None,
    along: Callable[[Session, Page], None] | None = None,
) -> list[SaveResult | None]:
    """Write new pages in one transaction; the result is `None` for one whose path was taken.

    `begin` is called first, under the lock, `along` with each page that was written.
    Raises `StorageUnavailable` and what these raise, and then none of them is stored.
    """
    results: list[SaveResult | None] = []
    derived = [derive(page.rendered) for page in pages]
    with write_transaction() as session:
        if begin is not None:
            begin(session)
        for page, beside in zip(pages, derived, strict=True):
            try:
                row = insert_page(session, page.path, page.content, beside, by=by, action="import")
            except PathTaken:
                results.append(None)
            else:
                if along is not None:
                    along(session, row)
                results.append(SaveResult(row.id, row.path, row.revision_count))
    return results


def taken_paths(paths: Sequence[str]) -> dict[str, int]:
    """The ids of pages at `paths`, by key."""
    keys = {path_key(path) for path in paths}
    rows = db.session.execute(
        select(Page.key, Page.id).where(Page.key.in_(keys), Page.deleted_at.is_(None))
    )
    return {row.key: row.id for row in rows}
