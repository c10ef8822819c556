"""Recent changes of all pages, grouped by cause, as far as the viewer may see them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from wiki.access.permissions import Viewer, can_review, history_visible_to, visible_to
from wiki.database import db
from wiki.pages.history.page_history import Change, changes_query, fetch_changes
from wiki.pages.models import Page, ReviewMark, Revision

MAX_CONSEQUENCES = 10  # changes of one kind that are listed below their cause


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes to list; they must match all conditions.

    `hides` may contain `minor` edits, `imported` pages, `mine` (the viewer’s changes), `seen`
    (reviewed by the viewer) and `reviewed` (by anybody). `cause_id` restricts to changes caused by
    that revision, `before_id` to earlier ones.
    """

    author_id: int | None = None
    kind: str = ""
    hides: frozenset[str] = frozenset()
    cause_id: int | None = None
    before_id: int | None = None


ALL_CHANGES = ChangeFilter()


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """A change with the changes of other pages that it caused.

    `moved` and `relinked` are the first ones that the viewer may see; `moved_count` and
    `relinked_count` are the total numbers.
    """

    change: Change
    moved: Sequence[Change] = ()
    relinked: Sequence[Change] = ()
    moved_count: int = 0
    relinked_count: int = 0

    @property
    def caused_count(self) -> int:
        """The number of changes of other pages that it caused and the viewer may see."""
        return self.moved_count + self.relinked_count

    @property
    def is_cut(self) -> bool:
        """Whether it caused more changes than `moved` and `relinked` contain."""
        return self.caused_count > len(self.moved) + len(self.relinked)


def live_changes(
    viewer: Viewer, wanted: ChangeFilter = ALL_CHANGES, *, limit: int
) -> list[ChangeGroup]:
    """Changes of pages that are not deleted, newest first."""
    conditions = [visible_to(viewer, Page), *_conditions(viewer, wanted)]
    query = changes_query().where(*conditions).order_by(Revision.id.desc())
    return _groups(fetch_changes(query, 0, limit), visible_to(viewer, Page))


def recent_changes(
    viewer: Viewer, wanted: ChangeFilter = ALL_CHANGES, *, offset: int = 0, limit: int
) -> list[ChangeGroup]:
    """Changes of all pages, newest first; of deleted pages, for viewers who may restore them.

    Changes that were caused by another one are listed with it.
    """
    conditions = [history_visible_to(viewer, Page), *_conditions(viewer, wanted)]
    query = changes_query().where(*conditions).order_by(Revision.id.desc())
    return _groups(fetch_changes(query, offset, limit), history_visible_to(viewer, Page))


def count_changes(viewer: Viewer, wanted: ChangeFilter = ALL_CHANGES) -> int:
    """The length of the whole list of `recent_changes`."""
    query = (
        select(func.count())
        .select_from(Revision)
        .join(Page, Page.id == Revision.page_id)
        .where(history_visible_to(viewer, Page), *_conditions(viewer, wanted))
    )
    return db.session.scalar(query) or 0


def _conditions(viewer: Viewer, wanted: ChangeFilter) -> Iterable[ColumnElement[bool]]:
    yield Revision.cause_id == wanted.cause_id  # NULL: not caused by another change
    if wanted.before_id is not None:
        yield Revision.id < wanted.before_id
    if wanted.author_id is not None:
        yield Revision.author_id == wanted.author_id
    if wanted.kind:
        yield Page.kind == wanted.kind
    if "minor" in wanted.hides:
        yield Revision.is_minor.is_(False)
    if "imported" in wanted.hides:
        yield Revision.action != "import"
    if "mine" in wanted.hides and viewer.is_member:
        yield Revision.author_id.is_distinct_from(viewer.user_id)
    if not can_review(viewer):
        return
    marks = select(ReviewMark.user_id).where(ReviewMark.revision_id == Revision.id)
    if "seen" in wanted.hides:
        yield ~marks.where(ReviewMark.user_id == viewer.user_id).exists()
    if "reviewed" in wanted.hides:
        yield ~marks.exists()


def _groups(changes: Sequence[Change], shown: ColumnElement[bool]) -> list[ChangeGroup]:
    """The changes, each with those that it caused in `shown` pages."""
    causes = [change.id for change in changes if change.action == "rename"]
    caused = _consequences(causes, shown) if causes else {}
    return [_group(change, caused.get(change.id, ())) for change in changes]


def _group(change: Change, caused: Sequence[tuple[Change, int]]) -> ChangeGroup:
    parts = {
        is_moved: [pair for pair in caused if (pair[0].action == "rename") == is_moved]
        for is_moved in (True, False)
    }
    (moved, moved_count), (relinked, relinked_count) = (
        ([one for one, _ in pairs], pairs[0][1] if pairs else 0) for pairs in parts.values()
    )
    return ChangeGroup(change, moved, relinked, moved_count, relinked_count)


def _consequences(
    causes: Collection[int], shown: ColumnElement[bool]
) -> dict[int, list[tuple[Change, int]]]:
    """The first changes of each kind, each with their total number, by cause."""
    kind: dict[str, Any] = {"partition_by": (Revision.cause_id, Revision.action)}
    ranked = (
        select(
            Revision.id,
            func.row_number().over(**kind, order_by=Revision.id).label("rank"),
            func.count().over(**kind).label("of_kind"),
        )
        .join(Page, Page.id == Revision.page_id)
        .where(Revision.cause_id.in_(causes), shown)
        .subquery()
    )
    query = (
        changes_query()
        .add_columns(ranked.c.of_kind)
        .join(ranked, ranked.c.id == Revision.id)
        .where(ranked.c.rank <= MAX_CONSEQUENCES)
        .order_by(Revision.id)
    )
    found: dict[int, list[tuple[Change, int]]] = {}
    for row in db.session.execute(query):
        *values, of_kind = row
        change = Change(*values)
        found.setdefault(change.cause_id or 0, []).append((change, of_kind))
    return found
