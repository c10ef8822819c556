"""Reads a page for display, in one query that returns rows rather than objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from wiki.access.decorators import Forbidden
from wiki.access.permissions import (
    Viewer,
    can_edit,
    history_visible_to,
    visible_to,
    visible_to_bound,
)
from wiki.accounts.models import User
from wiki.database import db, in_batches
from wiki.i18n import Words
from wiki.kinds.current import kind_of
from wiki.kinds.values import FieldValues, card_of
from wiki.letters import natural_sort_key
from wiki.naming import path_key
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Link, Page, Redirect, Rendering, Revision, Tag
from wiki.pages.page_order import sort_key_of
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.glossaries import glossary_state
from wiki.pages.queries.page_extras import extra_columns, extra_names
from wiki.pages.queries.revisions import RevisionView

MAX_SUBPAGES = 24  # pages below a page that are listed on it
_MOST_ORDERED = 200  # of which these are chosen: the first by path
WORDS_A_MINUTE = 200  # Brysbaert 2019: 238 for English prose; code and a second language slow it

# Separators that occur in no path, key or tag; the query returns lists as strings.
_UNIT, _RECORD, _GROUP = "\x1f", "\x1e", "\x1d"


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything that the page’s template shows, and what tells whether it has changed."""

    id: int
    path: str
    title: str
    kind: str
    status: str | None
    summary: str
    rule_id: int
    revision_number: int
    updated_at: datetime
    updated_by: str | None
    accepted_by: str | None  # who accepted that change, if it was a proposal
    is_improved: bool | None
    activity: int
    fields: Mapping[str, Any]  # of the revision, including those of its kind
    renderer: str | None
    word_count: int
    outline: list[list[Any]]
    slotted: str  # its HTML; see `wiki.markup.slots`
    tags: list[tuple[str, str]]  # name, key
    found: Mapping[str, str]  # key of a link's target -> path of the page it leads to
    below: list[tuple[str, str]]  # (path, title) of pages below it, at most `MAX_SUBPAGES` + 1
    shown: str = ""  # a hash of what it shows of other pages, if anything
    glossaries: str | None = None  # the glossary state, see `wiki.pages.queries.glossaries`
    revision: RevisionView | None = None  # the old revision that is shown, if one is
    extras: Mapping[str, Any] = field(default_factory=dict)  # see `page_extras`

    @property
    def is_old(self) -> bool:
        """Whether an old revision is shown."""
        return self.revision is not None

    @property
    def kind_label(self) -> Words:
        """The name of its kind, translated when shown."""
        return kind_of(self.kind).label

    @property
    def card(self) -> list[FieldValues]:
        """The fields of its kind that are filled in."""
        return card_of(kind_of(self.kind), self.fields)

    @property
    def minutes(self) -> int:
        """The reading time in minutes, at `WORDS_A_MINUTE`; at least 1."""
        return max(1, round(self.word_count / WORDS_A_MINUTE))

    def is_same_name(self, path: str) -> bool:
        """Whether `path` is just another spelling of this page’s path."""
        return path_key(path) == path_key(self.path)


def page_at(viewer: Viewer, path: str) -> PageView:
    """The page that `path` means to this viewer: by path, then by title, then by redirect.

    Its `path` attribute is the actual path. Raises `PageNotFound`.
    """
    key = path_key(path)
    row = _row_at(viewer, key)
    if row is None and (found := resolve_targets(viewer, [path]).get(key)):
        row = _row_at(viewer, path_key(found))
    if row is None:
        raise PageNotFound(path)
    return _page_view(row)


def _row_at(viewer: Viewer, key: str) -> Any:
    # On the connection: the session would add half a millisecond, and no objects are needed.
    return db.session.connection().execute(_page_query(), {"key": key, **viewer.bindings}).first()


def page_as_of(page: PageView, revision: RevisionView) -> PageView:
    """The page with the title, tags and author of one of its revisions."""
    status = revision.fields.get("status")
    return replace(
        page,
        revision=revision,
        title=revision.title,
        kind=revision.kind,
        status=status if isinstance(status, str) else None,
        fields=revision.fields,
        tags=sorted(((tag, path_key(tag)) for tag in revision.tags), key=lambda tag: tag[1]),
        updated_at=revision.created_at,
        updated_by=revision.author,
        accepted_by=revision.accepted_by,
        is_improved=revision.is_improved,
    )


def _page_view(row: Any) -> PageView:
    values = row._asdict()
    found: dict[str, str] = {}
    # In order of precedence: earlier results win.
    for way in ("by_path", "by_title", "by_redirect"):
        for target, path in sorted(_pairs(values.pop(way))):
            found.setdefault(target, path)
    values["extras"] = {name: values.pop(name) for name in extra_names()}
    values["tags"] = sorted(_pairs(values["tags"]), key=lambda tag: tag[1])
    values["fields"] = values["fields"] or {}
    values["below"] = _ordered(_pairs(values["below"]))
    values["outline"] = values["outline"] or []
    values["slotted"] = values["slotted"] or ""
    values["word_count"] = values["word_count"] or 0
    return PageView(**values, found=found)


def _pairs(text: str | None) -> list[tuple[str, str]]:
    parts = (each.partition(_UNIT) for each in text.split(_RECORD)) if text else ()
    return [(first, second) for first, _, second in parts]


def _ordered(below: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Path and title of the first pages below a page, from pairs with the position before the
    title.
    """
    found = [(path, *rest.split(_GROUP, 1)) for path, rest in below]
    by_path = sort_key_of({path: float(at) if at else None for path, at, _title in found})
    ordered = sorted(found, key=lambda each: by_path(each[0]))
    return [(path, title) for path, _at, title in ordered[: MAX_SUBPAGES + 1]]


@cache
def _page_query() -> Select[*tuple[Any, ...]]:
    """The statement, cached, since composing it takes longer than running it."""
    tags = select(_aggregated(Tag.name, Tag.key)).where(Tag.page_id == Page.id).correlate(Page)
    accepter = aliased(User)
    query: Select[*tuple[Any, ...]] = (
        select(
            Page.id,
            Page.path,
            Page.title,
            Page.kind,
            Page.status,
            Page.summary,
            Page.rule_id,
            Page.revision_count.label("revision_number"),
            Page.updated_at,
            User.username.label("updated_by"),
            accepter.username.label("accepted_by"),
            Revision.is_improved,
            Page.activity,
            Revision.fields,
            Rendering.renderer,
            Rendering.word_count,
            Rendering.outline,
            Rendering.html.label("slotted"),
            tags.scalar_subquery().label("tags"),
            _pages_below().scalar_subquery().label("below"),
            *(found.scalar_subquery().label(way) for way, found in _link_targets().items()),
            glossary_state().label("glossaries"),
            *(extra.label(name) for name, extra in extra_columns().items()),
        )
        .outerjoin(User, User.id == Page.updated_by_id)
        .outerjoin(Rendering, Rendering.page_id == Page.id)
        .outerjoin(
            Revision,
            and_(Revision.page_id == Page.id, Revision.number == Page.revision_count),
        )
        .outerjoin(accepter, accepter.id == Revision.accepted_by_id)
        .where(Page.key == bindparam("key"), visible_to_bound(Page))
    )
    return query


def _link_targets() -> dict[str, Select[str]]:
    """Queries for the targets and paths of the page’s links, by the way they are resolved."""
    target = aliased(Page)
    leads = (
        select(_aggregated(Link.to_key, target.path))
        .select_from(Link)
        .where(Link.from_page_id == Page.id, visible_to_bound(target))
        .correlate(Page)
    )
    moved = leads.join(Redirect, Redirect.key == Link.to_key)
    return {
        "by_path": leads.join(target, target.key == Link.to_key),
        "by_title": leads.join(target, target.title_key == Link.to_key),
        "by_redirect": moved.join(target, target.id == Redirect.page_id),
    }


def _pages_below() -> Select[str]:
    """The first pages below the page, in the form that `_ordered` reads."""
    child = aliased(Page)
    children = (
        select(child.path, child.title, child.position)
        .where(is_below(child.key, bindparam("key")), visible_to_bound(child))
        .order_by(child.key)
        .limit(_MOST_ORDERED)
        .subquery()
    )
    position = func.coalesce(cast(children.c.position, String), "")
    return select(_aggregated(children.c.path, position + _GROUP + children.c.title))


def _aggregated(
    first: SQLColumnExpression[str], second: SQLColumnExpression[str]
) -> ColumnElement[str]:
    """Pairs as one string, in the form that `_pairs` reads."""
    return func.aggregate_strings(first + _UNIT + second, _RECORD)


def resolve_targets(viewer: Viewer, targets: list[str]) -> dict[str, str]:
    """The path of the page to which each link target leads, by target key.

    Targets without a page that this viewer may see are left out.
    """
    found: dict[str, str] = {}
    for keys in in_batches(key for target in targets if (key := path_key(target))):
        found |= _resolve_keys(viewer, set(keys))
    return found


def _resolve_keys(viewer: Viewer, keys: set[str]) -> dict[str, str]:
    """The paths of pages by key: by path, then by title, then by redirect."""
    session: Session = db.session()
    direct = select(Page.key, Page.title_key, Page.path).where(
        or_(Page.key.in_(keys), Page.title_key.in_(keys)), visible_to(viewer, Page)
    )
    moved = (
        select(Redirect.key, Page.path)
        .join(Page, Page.id == Redirect.page_id)
        .where(Redirect.key.in_(keys), visible_to(viewer, Page))
    )
    rows = session.execute(direct.order_by(Page.path)).all()
    found = {row.key: row.path for row in rows if row.key in keys}
    for row in rows:
        if row.title_key in keys:
            found.setdefault(row.title_key, row.path)
    for key, path in session.execute(moved):
        found.setdefault(key, path)
    return found


def is_former_name(viewer: Viewer, path: str) -> bool:
    """Whether a page that this viewer may see once had this path or title."""
    is_theirs = exists().where(
        Redirect.key == path_key(path), Page.id == Redirect.page_id, visible_to(viewer, Page)
    )
    return bool(db.session.scalar(select(is_theirs)))


def visible_page(viewer: Viewer, path: str) -> Page:
    """The page object at a current or former path, for changing it. Raises `PageNotFound`."""
    if "\x00" in path:  # forms may send NUL, which PostgreSQL rejects
        raise PageNotFound(path)
    # Also at a former path: an editor opened before a rename can still save.
    page = _now_or_formerly_at(path, select(Page).where(visible_to(viewer, Page)))
    if page is None:
        raise PageNotFound(path)
    return page


def _now_or_formerly_at(path: str, query: "Select[Page]") -> Page | None:
    """The page of `query` at `path`, or the one to which a redirect from there leads."""
    key = path_key(path)
    page: Page | None = db.session.scalar(query.where(Page.key == key))
    if page is None:
        moved = query.join(Redirect, Redirect.page_id == Page.id)
        page = db.session.scalar(moved.where(Redirect.key == key))
    return page


def editable_page(viewer: Viewer, path: str) -> Page:
    """Like `visible_page`, for changing the page. Raises `PageNotFound`, `Forbidden`."""
    return _if_editable(viewer, visible_page(viewer, path))


def editable_page_by_id(viewer: Viewer, page_id: int) -> Page:
    """The page with this id, for changing it. Raises `PageNotFound`, `Forbidden`."""
    return _if_editable(viewer, visible_page_by_id(viewer, page_id))


def _if_editable(viewer: Viewer, page: Page) -> Page:
    if not can_edit(viewer, page):
        raise Forbidden
    return page


def page_id_at(viewer: Viewer, path: str) -> int | None:
    """The id of the page at `path`; `None` if there is none that the viewer may see."""
    try:
        return visible_page(viewer, path).id
    except PageNotFound:
        return None


def visible_page_by_id(viewer: Viewer, page_id: int) -> Page:
    """The page with this id. Raises `PageNotFound`."""
    query = select(Page).where(Page.id == page_id, visible_to(viewer, Page))
    page: Page | None = db.session.scalar(query)
    if page is None:
        raise PageNotFound
    return page


def restorable_page_at(viewer: Viewer, path: str) -> Page | None:
    """The page last deleted at this current or former path, if the viewer may restore it."""
    return deleted_page(viewer, path) if viewer.is_member else None


def deleted_page(viewer: Viewer, path: str, page_id: int | None = None) -> Page | None:
    """Like `restorable_page_at`, or the deleted page with this id.

    For viewers who may not restore it, runs the same statements and returns `None`.
    """
    query = select(Page).where(Page.deleted_at.is_not(None), history_visible_to(viewer, Page))
    if page_id is not None:
        query = query.where(Page.id == page_id)
    query = query.options(joinedload(Page.deleted_by)).order_by(Page.deleted_at.desc()).limit(1)
    return _now_or_formerly_at(path, query)


def pages_below(viewer: Viewer, path: str, limit: int = 100) -> list[tuple[str, str]]:
    """`(title, path)` of the pages below `path`."""
    rows = db.session.execute(
        select(Page.title, Page.path)
        .where(is_below(Page.key, path_key(path)), visible_to(viewer, Page))
        .order_by(Page.title_key)
        .limit(limit)
    )
    found = [(row.title, row.path) for row in rows]
    return sorted(found, key=lambda entry: natural_sort_key(path_key(entry[0])))
