"""Changes fields of a page by a button; this saves an ordinary revision."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.models import Page
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, SaveResult, WriteHook, save_edit


def base_for(session: Session, page: Page, seen: int | None) -> tuple[int, Content]:
    """Number and content of the revision that somebody saw, or of the current one if it is unknown.

    `seen` may be no revision number, or that of a revision erased since.
    """
    if seen is not None and 1 <= seen <= page.revision_count:
        try:
            return seen, load_content(session, page.id, seen)
        except (RevisionErased, RevisionNotFound):
            pass
    number = page.revision_count
    return number, load_content(session, page.id, number)


def change_fields(
    page: Page,
    change: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    *,
    seen: int | None,
    by: User,
    summary: str,
    within: WriteHook | None = None,
) -> SaveResult:
    """Save the page with changed fields, merged with what has changed since revision `seen`.

    `change` gets the fields of that revision and returns the new ones; `within` runs in the
    transaction of the revision. Raises `EditConflict` and everything else that `save_edit` raises.
    """
    number, base = base_for(db.session(), page, seen)
    content = replace(base, fields=change(base.fields))
    edit = Edit(content, number, summary=summary)
    return save_edit(page.id, edit, by=by, within=within)
