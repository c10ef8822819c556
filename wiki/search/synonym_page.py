"""Caches the page on which editors add synonyms."""

from collections.abc import Callable

from wiki.search.documents import path_filter_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.position import Position
from wiki.search.query.matching import Mask
from wiki.search.query.synonyms import (
    SYNONYMS_PATH,
    Synonyms,
    shipped_synonyms,
    synonyms_in,
)

# Returns the current text of a page by id; empty if there is none.
ReadText = Callable[[int], str]


class SynonymPage:
    """Rereads the page after each commit of the index. Thread-safe."""

    def __init__(self) -> None:
        self._known: tuple[Position, int, Synonyms] | None = None

    def synonyms(self, snapshot: Snapshot, visible: Mask, read: ReadText | None) -> Synonyms:
        """The table in the package, and the additions of the page if the reader may see it."""
        page_id = _page_in(snapshot, visible) if read else 0
        if not (read and page_id):
            return shipped_synonyms()
        known = self._known
        if known is None or known[:2] != (snapshot.position, page_id):
            known = (snapshot.position, page_id, synonyms_in(read(page_id)))
            self._known = known
        return known[2]


def _page_in(snapshot: Snapshot, visible: Mask) -> int:
    """The id of the page; 0 if there is none that this reader may see."""
    key = path_filter_key(SYNONYMS_PATH)
    for postings in snapshot.postings("path", key):
        for document in (postings.docs + postings.base).tolist():
            if visible[document] and snapshot.last_term("path", document) == key:
                return int(snapshot.pages[document])
    return 0
