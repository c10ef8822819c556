"""The source of a page in one query, for clients that need nothing else."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func

from wiki.access.permissions import Viewer, visible_to_bound
from wiki.database import db
from wiki.naming import path_key
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_queries import resolve_targets, visible_page
from wiki.pages.queries.revisions import RevisionView, revision_view, revisions_query


@dataclass(frozen=True, slots=True)
class PageSource:
    """A page, and one of its revisions with its Markdown."""

    id: int
    path: str
    revision_count: int
    revision: RevisionView


def page_source(viewer: Viewer, path: str, number: int | None = None) -> PageSource:
    """The page that `path` means (path, title or redirect), at a revision or now.

    Raises `PageNotFound`, `RevisionNotFound`, `RevisionErased`.
    """
    source = _source_at(viewer, path, number)
    if source is None and (found := resolve_targets(viewer, [path]).get(path_key(path))):
        source = _source_at(viewer, found, number)
    if source is None:
        visible_page(viewer, path)
        raise RevisionNotFound(number)
    if source.revision.erased_why is not None:
        raise RevisionErased
    return source


def _source_at(viewer: Viewer, path: str, number: int | None) -> PageSource | None:
    asked = {"key": path_key(path), "number": number, **viewer.bindings}
    row = db.session.connection().execute(_source_query(), asked).first()
    if row is None:
        return None
    values = row._asdict()
    page = {name: values.pop(f"page_{name}") for name in ("id", "path", "revision_count")}
    return PageSource(**page, revision=revision_view(values))


@cache
def _source_query() -> Select[*tuple[Any, ...]]:
    """The statement, cached, since composing it takes longer than running it."""
    number: BindParameter[Any] = bindparam("number")
    is_asked = Revision.number == func.coalesce(number, Page.revision_count)
    return (
        revisions_query()
        .add_columns(
            Page.id.label("page_id"),
            Page.path.label("page_path"),
            Page.revision_count.label("page_revision_count"),
        )
        .join(Page, and_(Page.id == Revision.page_id, is_asked))
        .where(Page.key == bindparam("key"), visible_to_bound(Page))
    )
