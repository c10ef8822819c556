"""Watches: what a user watches, and who watches an event."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, history_visible_to
from wiki.community.watching.models import Watch, WatchScope
from wiki.database import db, in_batches, insert_into, write_transaction
from wiki.naming import KEY_LIMIT, PATH_LIMIT, path_key
from wiki.pages.models import Page, Tag
from wiki.search.models import OutboxEntry

MAX_WATCHES = 5_000  # watches of one user


class TooManyWatches(ValueError):
    """The user already has `MAX_WATCHES` watches."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target of watches: a page by its id, or a name within another scope."""

    scope: WatchScope
    name: str = ""
    page_id: int | None = None

    @property
    def key(self) -> str:
        """The target's key in watches and events, such as `page:12`."""
        if self.scope is WatchScope.PAGE:
            return f"page:{self.page_id}"
        name = self.name if self.scope is WatchScope.KIND else path_key(self.name)
        return f"{self.scope}:{name[:KEY_LIMIT]}"


EVERYTHING = Target(WatchScope.ALL)


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """A watch as its owner sees it; of a page, with its current path and title."""

    id: int
    scope: str
    name: str
    page_id: int | None
    is_automatic: bool
    created_at: datetime
    path: str | None
    title: str | None


def targets_of(page_id: int | None, key: str, kind: str, tags: Iterable[str]) -> list[str]:
    """The keys of all targets that cover a page; watchers of any of them are notified.

    `key` is that of its path, `tags` are keys too; `page_id` is `None` for a page that doesn't
    exist yet.
    """
    parts = key.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [
        *([f"{WatchScope.PAGE}:{page_id}"] if page_id is not None else []),
        *(f"{WatchScope.TREE}:{path}" for path in above),
        *(f"{WatchScope.TAG}:{tag}" for tag in tags),
        f"{WatchScope.KIND}:{kind}",
        EVERYTHING.key,
    ]


def tag_names(page_id: int) -> Sequence[str]:
    """The names of a page's tags."""
    return db.session.scalars(
        select(Tag.name).where(Tag.page_id == page_id).order_by(Tag.key)
    ).all()


def watchers_of(targets: Collection[str], number: int) -> set[int]:
    """The ids of users who already watched any of these when event `number` happened."""
    watched = select(Watch.user_id).where(Watch.since_number < number)
    return {
        user_id
        for batch in in_batches(targets)
        for user_id in db.session.scalars(watched.where(Watch.target.in_(batch)))
    }


def watch(session: Session, user_id: int, target: Target, *, since: int | None = None) -> None:
    """Add a watch, in the caller's transaction. Raises `TooManyWatches`.

    With `since`, the number of the event that causes it, the watch is automatic until the user
    adds it themselves.
    """
    others = (Watch.user_id == user_id, Watch.target != target.key)
    count = select(func.count()).select_from(Watch).where(*others)
    if (session.scalar(count) or 0) >= MAX_WATCHES:
        raise TooManyWatches
    last = select(func.coalesce(func.max(OutboxEntry.number), 0)).scalar_subquery()
    statement = insert_into(session, Watch).values(
        user_id=user_id,
        scope=target.scope,
        page_id=target.page_id,
        target=target.key,
        name=target.name[:PATH_LIMIT],
        is_automatic=since is not None,
        since_number=last if since is None else since,
    )
    of_target = ["user_id", "target"]
    own = {"is_automatic": False}
    session.execute(
        statement.on_conflict_do_update(index_elements=of_target, set_=own)
        if since is None
        else statement.on_conflict_do_nothing(index_elements=of_target)
    )


def unwatch(session: Session, user_id: int, targets: Collection[str]) -> None:
    """Remove watches by key, in the caller's transaction."""
    session.execute(delete(Watch).where(Watch.user_id == user_id, Watch.target.in_(targets)))


def choose(user_id: int, offered: Sequence[Target], chosen: Collection[str]) -> None:
    """Of the targets offered, watch exactly those chosen (keys). Raises `TooManyWatches`."""
    with write_transaction() as session:
        unwatch(session, user_id, [each.key for each in offered if each.key not in chosen])
        for target in offered:
            if target.key in chosen:
                watch(session, user_id, target)


def watched_of(user_id: int, targets: Collection[str]) -> set[str]:
    """The keys among `targets` that the user watches."""
    query = select(Watch.target).where(Watch.user_id == user_id, Watch.target.in_(targets))
    return set(db.session.scalars(query))


def list_watches(
    viewer: Viewer,
    *,
    scope: str = "",
    target: str = "",
    offset: int = 0,
    limit: int | None = None,
) -> list[WatchEntry]:
    """The viewer's watches, newest first, without pages that they may not see.

    `scope` and `target` (a key) filter the list if they aren't empty.
    """
    query = _listed(viewer, scope).with_only_columns(
        *(Watch.id, Watch.scope, Watch.name, Watch.page_id, Watch.is_automatic, Watch.created_at),
        *(Page.path, Page.title),
    )
    if target:
        query = query.where(Watch.target == target)
    rows = db.session.execute(query.order_by(Watch.id.desc()).offset(offset).limit(limit))
    return [WatchEntry(*row) for row in rows]


def count_watches(viewer: Viewer, scope: str = "") -> int:
    """The number of watches that `list_watches` has; of all scopes if `scope` is empty."""
    query = _listed(viewer, scope).with_only_columns(func.count())
    return db.session.scalar(query) or 0


def stop_watching(viewer: Viewer, watch_ids: Collection[int]) -> int:
    """Remove watches of the viewer by id; returns how many there were."""
    ended = 0
    with write_transaction() as session:
        for batch in in_batches(watch_ids):
            mine = delete(Watch).where(Watch.user_id == viewer.user_id, Watch.id.in_(batch))
            ended += len(session.scalars(mine.returning(Watch.id)).all())
    return ended


def _listed(viewer: Viewer, scope: str):  # type: ignore[no-untyped-def]  # a Select of any columns
    is_there = or_(Watch.page_id.is_(None), history_visible_to(viewer, Page))
    query = (
        select(Watch.id)
        .select_from(Watch)
        .outerjoin(Page, Page.id == Watch.page_id)
        .where(Watch.user_id == viewer.user_id, is_there)
    )
    return query.where(Watch.scope == scope) if scope else query
