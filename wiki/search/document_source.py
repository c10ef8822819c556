"""Where the documents to be indexed come from; the pages provide it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wiki.app_state import AppState
from wiki.search.documents import Document


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """`load`: the documents of some pages, without those of deleted ones. `states`: the current
    `(page id, revision)` of every page."""

    load: Callable[[Sequence[int]], Mapping[int, Document]]
    states: Callable[[], Iterable[tuple[int, int]]]


DOCUMENT_SOURCE = AppState[DocumentSource]("search_source")
