"""Searches that had no good result and still have none, as far as a viewer may see them."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import select

from wiki.access.permissions import Viewer, readable_rules
from wiki.app_state import AppState
from wiki.community.wanted.models import WantedDismissal
from wiki.database import db
from wiki.naming import KEY_LIMIT, path_key
from wiki.pages.queries import page_rules
from wiki.pages.queries.page_queries import resolve_targets
from wiki.search.index.snapshot import Snapshot
from wiki.search.miss_log import MIN_PEOPLE, MISSED_SEARCHES, MissCounts, MissedQuery
from wiki.search.service import SEARCH

MAX_SHOWN = 20  # searches
MAX_TRIED = 40  # searches that one request tries again
MIN_SEARCHES = 50  # searches; with fewer, a share is meaningless

# Whether a search misses, by the viewer's readable rules and the words.
_Kept = dict[tuple[frozenset[int], str], bool]
_KEPT = AppState[WeakKeyDictionary[Snapshot, _Kept]]("retried_searches", WeakKeyDictionary)


@dataclass(frozen=True, slots=True)
class MissedSearch:
    """A search without a good result, how many people made it, and the key of a page for it."""

    key: str
    text: str
    people: int


def missed_searches(viewer: Viewer, *, dismissed: bool = False) -> list[MissedSearch]:
    """Missed searches, those of most people first; with `dismissed`, those mentors dismissed."""
    known = _shown_to(viewer)
    taken = set(
        db.session.scalars(
            select(WantedDismissal.key).where(WantedDismissal.key.in_([key for key, _ in known]))
        )
    )
    written = resolve_targets(viewer, [query.text for _, query in known])
    retry = _Retry(viewer)
    found: list[MissedSearch] = []
    for key, query in known:
        is_wanted = key not in written and (key in taken) == dismissed
        if is_wanted and (query.was_pressed or retry.is_miss(query.text)):
            found.append(MissedSearch(key, query.text, query.people))
            if len(found) == MAX_SHOWN:
                break
    return found


def is_missed_search(viewer: Viewer, key: str) -> bool:
    """Whether people missed an item with this key, even if it exists by now."""
    return any(key == known for known, _ in _shown_to(viewer))


def miss_share() -> float | None:
    """The fraction of searches without a good result; `None` if too few were counted."""
    counts = _counts()
    return counts.share if counts and counts.searches >= MIN_SEARCHES else None


def _shown_to(viewer: Viewer) -> list[tuple[str, MissedQuery]]:
    """By key: what enough people missed who may read nothing that the viewer may not."""
    counts, readable = _counts(), readable_rules(viewer)
    found: dict[str, MissedQuery] = {}
    for query in counts.missed if counts else ():
        if query.people < MIN_PEOPLE or not query.audience <= readable:
            continue
        key = path_key(query.text)[:KEY_LIMIT]
        same = found.get(key)
        people = query.people + (same.people if same else 0)
        was_pressed = query.was_pressed or (same is not None and same.was_pressed)
        text = same.text if same else query.text
        found[key] = MissedQuery(text, query.audience, people, was_pressed)
    return sorted(found.items(), key=lambda item: (-item[1].people, item[0]))


def _counts() -> MissCounts | None:
    return SEARCH.current().misses.counts() if MISSED_SEARCHES.current() else None


class _Retry:
    """Repeats searches for one viewer, at most `MAX_TRIED` times.

    Results are cached until the index changes, and shared by viewers who may read the same.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._readable = readable_rules(viewer)
        self._left = MAX_TRIED
        snapshot = SEARCH.current().index.snapshot()
        # Without an index, searches are cheap and tell nothing.
        self._kept: _Kept = {} if snapshot is None else _KEPT.current().setdefault(snapshot, {})

    def is_miss(self, text: str) -> bool:
        """Whether a search still has no good result; false if it isn't tried in this request."""
        kept = self._kept.get((self._readable, text))
        if kept is None and self._left:
            self._left -= 1
            kept = self._kept[self._readable, text] = self._search(text)
        return bool(kept)

    def _search(self, text: str) -> bool:
        """Search; true for no good result, or if the index is unavailable."""
        viewer = self._viewer
        results = SEARCH.current().search(
            text,
            count=1,
            allowed=lambda snapshot: page_rules.allowed_pages(viewer, snapshot.pages),
        )
        return results.state != "ready" or results.is_miss
