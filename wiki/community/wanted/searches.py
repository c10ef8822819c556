"""Searches that had no good result and still have none, as far as a viewer may know."""

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
MAX_TRIED = 40  # searches that one answer tries again
MIN_SEARCHES = 50  # below this a share says nothing

# Whether searches miss, by what one reads and the words.
_Kept = dict[tuple[frozenset[int], str], bool]
_KEPT = AppState[WeakKeyDictionary[Snapshot, _Kept]]("retried_searches", WeakKeyDictionary)


@dataclass(frozen=True, slots=True)
class MissedSearch:
    """Words that people searched for without success, how many did, and the key of such a page."""

    key: str
    text: str
    people: int


def missed_searches(viewer: Viewer, *, dismissed: bool = False) -> list[MissedSearch]:
    """What most people missed comes first; or what mentors dismissed."""
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
    """Whether people missed something of this key, written or not by now."""
    return any(key == known for known, _ in _shown_to(viewer))


def miss_share() -> float | None:
    """The share of searches without a good result; `None` where too few were counted."""
    counts = _counts()
    return counts.share if counts and counts.searches >= MIN_SEARCHES else None


def _shown_to(viewer: Viewer) -> list[tuple[str, MissedQuery]]:
    """By key, what enough people missed who read nothing that the viewer doesn't."""
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
    """Searches again for one viewer, as often as one answer may.

    What a search gave is kept as long as the index is the same, for all who read the same.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._readable = readable_rules(viewer)
        self._left = MAX_TRIED
        snapshot = SEARCH.current().index.snapshot()
        # Where there is no index, a search costs nothing, and nothing is known.
        self._kept: _Kept = {} if snapshot is None else _KEPT.current().setdefault(snapshot, {})

    def is_miss(self, text: str) -> bool:
        """Whether a search still gives nothing good; `False` for what waits for the next time."""
        kept = self._kept.get((self._readable, text))
        if kept is None and self._left:
            self._left -= 1
            kept = self._kept[self._readable, text] = self._search(text)
        return bool(kept)

    def _search(self, text: str) -> bool:
        """Also true where the index can't say."""
        viewer = self._viewer
        results = SEARCH.current().search(
            text,
            count=1,
            allowed=lambda snapshot: page_rules.allowed_pages(viewer, snapshot.pages),
        )
        return results.state != "ready" or results.is_miss
