"""The source of the documents to index, implemented by `wiki.pages`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wiki.app_state import AppState
from wiki.search.documents import Document


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """The functions by which an index reads pages.

    `load` returns the documents of the given pages, without deleted ones; `states` the current
    `(page id, revision)` of every page.
    """

    load: Callable[[Sequence[int]], Mapping[int, Document]]
    states: Callable[[], Iterable[tuple[int, int]]]


DOCUMENT_SOURCE = AppState[DocumentSource]("search_source")
