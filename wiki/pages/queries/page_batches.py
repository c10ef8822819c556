"""Data of many pages at once, in one or two statements regardless of their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any

from sqlalchemy import Select, func, select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db, fetch_records, in_batches, select_record
from wiki.pages.models import Link, Page, Redirect, Revision, Tag, Text
from wiki.pages.queries.page_lists import ListedPage, pages_where
from wiki.pages.queries.page_queries import resolve_targets
from wiki.pages.writing.text_store import decompress_text


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision of one of several pages."""

    page_id: int
    number: int
    action: str
    author: str | None
    author_name: str | None  # name of an author without an account
    created_at: datetime
    summary: str
    is_minor: bool
    size: int  # characters


def texts_of_pages(page_ids: Collection[int]) -> dict[int, str]:
    """The current texts of pages by id; the caller’s viewer must be allowed to see the pages."""
    query = (
        select(Page.id, Text.body, Text.is_compressed)
        .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.revision_count))
        .join(Text, Text.hash == Revision.text_hash)
        .where(Page.id.in_(page_ids), Text.erased_at.is_(None))
    )
    rows = db.session.execute(query)
    return {row.id: decompress_text(row.body, row.is_compressed) for row in rows}


def sizes_of_pages(page_ids: Collection[int]) -> dict[int, int]:
    """The lengths of the current texts of pages in characters, by id."""
    query = (
        select(Revision.page_id, Revision.size)
        .join(Page, (Revision.page_id == Page.id) & (Revision.number == Page.revision_count))
        .where(Page.id.in_(page_ids))
    )
    return {row.page_id: row.size for row in db.session.execute(query)}


def tags_of_pages(page_ids: Collection[int]) -> dict[int, list[str]]:
    """The tags of pages as they are spelled, by id."""
    query = select(Tag.page_id, Tag.name).where(Tag.page_id.in_(page_ids)).order_by(Tag.key)
    return _grouped(db.session.execute(query))


def names_of_outside_authors(page_ids: Collection[int]) -> dict[int, str]:
    """The name of each page’s last author by page id, if that author has no account."""
    last = (
        select(Revision.page_id, func.max(Revision.number).label("number"))
        .where(Revision.page_id.in_(page_ids), Revision.cause_id.is_(None))
        .group_by(Revision.page_id)
        .subquery()
    )
    query = (
        select(Revision.page_id, Revision.author_name)
        .join(last, (last.c.page_id == Revision.page_id) & (last.c.number == Revision.number))
        .where(Revision.author_id.is_(None), Revision.author_name.is_not(None))
    )
    return {row.page_id: row.author_name for row in db.session.execute(query)}


def revisions_of_pages(page_ids: Collection[int], limit: int) -> dict[int, list[RevisionRow]]:
    """The last revisions of each page, newest first, by page id."""
    ranked = (
        select(
            Revision.id,
            func.row_number()
            .over(partition_by=Revision.page_id, order_by=Revision.number.desc())
            .label("rank"),
        )
        .where(Revision.page_id.in_(page_ids))
        .subquery()
    )
    query = (
        select_record(RevisionRow, Revision, author=User.username)
        .outerjoin(User, User.id == Revision.author_id)
        .join(ranked, ranked.c.id == Revision.id)
        .where(ranked.c.rank <= limit)
        .order_by(Revision.page_id, Revision.number.desc())
    )
    found = fetch_records(RevisionRow, query)
    return _grouped((each.page_id, each) for each in found)


def pages_linked_from(
    viewer: Viewer, page_ids: Collection[int], limit: int
) -> dict[int, list[ListedPage]]:
    """The first pages, by title, to which each page links and that `viewer` may see, by page id."""
    rows = db.session.execute(
        select(Link.from_page_id, Link.to_key).where(Link.from_page_id.in_(page_ids)).distinct()
    ).all()
    found = resolve_targets(viewer, list({row.to_key for row in rows}))
    places = _places_by_title(viewer, set(found.values()))
    linked: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in rows:
        if place := places.get(found.get(row.to_key, "")):
            linked[row.from_page_id].add(place)
    first = {page_id: nsmallest(limit, found) for page_id, found in linked.items()}
    return _listed(viewer, {id_: [to for _, to in found] for id_, found in first.items()})


def pages_linking_to(
    viewer: Viewer, page_ids: Collection[int], limit: int
) -> dict[int, list[ListedPage]]:
    """The first pages, by title, that link to each page, found as in `backlinks`, by page id."""
    names: dict[str, int] = {}
    paths = {}
    query = select(Page.id, Page.path, Page.key, Page.title_key).where(Page.id.in_(page_ids))
    for page_id, path, key, title_key in db.session.execute(query):
        paths[page_id] = path
        names |= {key: page_id, title_key: page_id}
    old = select(Redirect.key, Redirect.page_id).where(Redirect.page_id.in_(page_ids))
    names |= {row.key: row.page_id for row in db.session.execute(old)}
    # Another page may take precedence: a name counts only if a link by it leads here.
    leads = resolve_targets(viewer, list(names))
    of_path = {path: page_id for page_id, path in paths.items()}
    keys = {key: of_path[path] for key, path in leads.items() if path in of_path}
    linking: dict[int, dict[int, str]] = defaultdict(dict)
    for some in in_batches(keys):
        for row in db.session.execute(_first_linking(viewer, list(some), limit)):
            linking[keys[row.to_key]][row.id] = row.title_key
    first = {
        page_id: sorted(found, key=lambda id_: (found[id_], id_))[:limit]
        for page_id, found in linking.items()
    }
    return _listed(viewer, first)


def _first_linking(viewer: Viewer, keys: list[str], limit: int) -> "Select[*tuple[Any, ...]]":
    """The first visible pages that link by each of these keys."""
    by_title = func.row_number().over(partition_by=Link.to_key, order_by=(Page.title_key, Page.id))
    ranked = (
        select(Link.to_key, Page.id, Page.title_key, by_title.label("place"))
        .join(Page, Page.id == Link.from_page_id)
        .where(Link.to_key.in_(keys), visible_to(viewer, Page))
        .subquery()
    )
    return select(ranked.c.to_key, ranked.c.id, ranked.c.title_key).where(ranked.c.place <= limit)


def _places_by_title(viewer: Viewer, paths: Collection[str]) -> dict[str, tuple[int, int]]:
    """The rank in the order of titles, and the id, of the pages at these paths."""
    query = select(Page.path, Page.title_key, Page.id).where(visible_to(viewer, Page))
    rows = sorted(
        (title_key, page_id, path)
        for some in in_batches(paths)
        for path, title_key, page_id in db.session.execute(query.where(Page.path.in_(list(some))))
    )
    return {path: (place, page_id) for place, (_, page_id, path) in enumerate(rows)}


def _listed(viewer: Viewer, ids: dict[int, list[int]]) -> dict[int, list[ListedPage]]:
    """The pages with these ids, in the given order."""
    wanted = {id_ for some in ids.values() for id_ in some}
    pages = {
        page.id: page
        for some in in_batches(wanted)
        for page in pages_where(viewer, Page.id.in_(list(some)))
    }
    return {page_id: [pages[id_] for id_ in some if id_ in pages] for page_id, some in ids.items()}


def _grouped(pairs: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for page_id, value in pairs:
        found[page_id].append(value)
    return found
