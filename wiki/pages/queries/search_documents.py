"""Pages for search: what is indexed, and what results show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import starmap
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to_bound
from wiki.accounts.models import User
from wiki.database import db, in_batches
from wiki.files.queries import file_texts_by_page, has_files
from wiki.kinds.builtin import GLOSSARY
from wiki.markup import slots
from wiki.markup.glossary import linked_terms
from wiki.pages.models import Link, Page, Redirect, Rendering, Revision
from wiki.pages.queries.field_documents import (
    field_sections,
    indexed_fields,
    other_names,
    summary_of,
)
from wiki.pages.queries.page_extras import hit_counts, hit_names
from wiki.search.documents import OBSOLETE, Document, FoundPage, LinkText, SuggestedPage

INDEXED_FILE_LENGTH = 200_000  # characters of a file's text that are indexed
SNIPPET_FILE_LENGTH = 20_000  # characters of a file's text that snippets are taken from


def load_documents(page_ids: Sequence[int]) -> Mapping[int, Document]:
    """The documents of these pages by id; pages that are left out must not be found."""
    session: Session = db.session()
    documents: dict[int, Document] = {}
    for ids in in_batches(page_ids):
        rows = session.execute(_indexed_columns(ids))
        beside = file_texts_by_page(ids, INDEXED_FILE_LENGTH)
        links, redirects = _links_from(ids), _redirects_to(ids)
        for row in rows:
            documents[row.id] = _document(
                row, beside.get(row.id, ()), links.get(row.id, ()), redirects.get(row.id, ())
            )
    return documents


def _indexed_columns(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Page.id, Page.revision_count, Page.path, Page.title, Page.kind, Page.status),
            *(Page.updated_at, User.username, Revision.tags, Revision.fields),
            Revision.fields[OBSOLETE].as_string().is_not(None).label("is_obsolete"),
            *(Rendering.html, Rendering.sections, Rendering.code, Rendering.body),
        )
        .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count))
        .join(Rendering, Rendering.page_id == Page.id)
        .outerjoin(User, User.id == Page.updated_by_id)
        .where(Page.id.in_(ids), Page.deleted_at.is_(None))
    )


def _document(
    row: Any, beside: Iterable[tuple[str, str]], links: Iterable[str], redirects: Iterable[str]
) -> Document:
    """The document of a row of `_indexed_columns`; `beside` has names and texts of the page’s
    files.
    """
    indexed = indexed_fields(row.kind, row.fields)
    return Document(
        page_id=row.id,
        revision_number=row.revision_count,
        path=row.path,
        title=row.title,
        headings=tuple(heading for _id, heading, _text in row.sections if heading),
        tags=tuple(row.tags),
        kind=row.kind,
        status=row.status or "",
        author=row.username or "",
        code=row.code,
        body=row.body,
        updated_at=row.updated_at,
        attached=tuple(part for file in beside for part in file),
        is_obsolete=row.is_obsolete,
        fields=indexed.texts,
        labels=indexed.labels,
        choices=indexed.choices,
        links=tuple(links),
        link_texts=tuple(_link_texts(row.html, row.kind)),
        names=tuple(name for name in other_names(row.fields) if "/" not in name),
        former_names=tuple(redirects),
        summary=summary_of(row.fields),
    )


def _links_from(page_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of pages that each page links to."""
    links: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(Link.from_page_id, Link.to_key).where(Link.from_page_id.in_(page_ids))
    ):
        links.setdefault(row.from_page_id, []).append(row.to_key)
    return links


def _link_texts(slotted: str, kind: str) -> Iterator[LinkText]:
    """The texts by which a page links to others; for a glossary, also terms with linked
    definitions.
    """
    yield from starmap(LinkText, slots.link_texts(slotted))
    if kind == GLOSSARY:
        for name, target in linked_terms(slots.without_slots(slotted)):
            yield LinkText(target, name)


def _redirects_to(page_ids: Sequence[int]) -> dict[int, list[str]]:
    """The former paths and titles of each page."""
    names: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(Redirect.page_id, Redirect.path).where(Redirect.page_id.in_(page_ids))
    ):
        names.setdefault(row.page_id, []).append(row.path)
    return names


def page_states() -> Iterable[tuple[int, int]]:
    """`(page id, number of the current revision)` of every page that can be found."""
    rows = db.session.execute(
        select(Page.id, Page.revision_count).where(Page.deleted_at.is_(None)).order_by(Page.id)
    )
    return [(row.id, row.revision_count) for row in rows]


_SEEN = select(Page.id).where(Page.id.in_(bindparam("ids", expanding=True)), visible_to_bound(Page))


def hidden_pages(viewer: Viewer, page_ids: Iterable[int]) -> set[int]:
    """The ids in `page_ids`, which may be all pages, that this viewer may not see."""
    hidden = set(page_ids)
    for ids in in_batches(sorted(hidden)):
        rows = db.session.connection().execute(_SEEN, {"ids": ids, **viewer.bindings})
        hidden.difference_update(rows.scalars())
    return hidden


@cache
def _hits() -> Select[*tuple[Any, ...]]:
    """The statement, cached, since composing it takes longer than running it."""
    return (
        select(
            *(Page.id, Page.title, Page.path, Page.kind, Page.status, Page.updated_at),
            *(Revision.tags, Revision.fields, Rendering.sections),
            has_files(Page.id).label("has_files"),
            *(count.label(name) for name, count in hit_counts().items()),
        )
        .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count))
        .join(Rendering, Rendering.page_id == Page.id)
        .where(Page.id.in_(bindparam("ids", expanding=True)), visible_to_bound(Page))
    )


def load_hits(viewer: Viewer, page_ids: Sequence[int]) -> dict[int, FoundPage]:
    """What a result page shows about these pages, without those that the viewer may not see."""
    # Rows, not objects: without the session this takes a third less time.
    rows = db.session.connection().execute(_hits(), {"ids": page_ids, **viewer.bindings}).all()
    beside = file_texts_by_page([row.id for row in rows if row.has_files], SNIPPET_FILE_LENGTH)
    names = hit_names()
    hits: dict[int, FoundPage] = {}
    for page_id, title, path, kind, status, at, tags, fields, sections, _files, *numbers in rows:
        # Under the file's name, without an id, since it is no section of the page.
        attached = [("", name, text) for name, text in beside.get(page_id, ()) if text]
        shown = [*field_sections(kind, fields), *sections, *attached]
        counts = dict(zip(names, numbers, strict=True))
        hits[page_id] = FoundPage(page_id, title, path, kind, status, at, tags, shown, counts)
    return hits


_NAMES = select(Page.id, Page.title, Page.path, Page.kind).where(
    Page.id.in_(bindparam("ids", expanding=True)), visible_to_bound(Page)
)


def load_names(viewer: Viewer, page_ids: Sequence[int]) -> dict[int, SuggestedPage]:
    """What a suggestion shows about these pages, without those that the viewer may not see."""
    rows = db.session.connection().execute(_NAMES, {"ids": page_ids, **viewer.bindings})
    return {row.id: SuggestedPage(row.title, row.path, row.kind) for row in rows}
