"""What fields ask for one by one is loaded together: a statement for all pages of a list.

Loaders live as long as a request and its viewer, so nothing is kept for anybody else.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from wiki.access.permissions import Viewer
from wiki.pages.queries.page_batches import (
    RevisionRow,
    pages_linked_from,
    pages_linking_to,
    revisions_of_pages,
    tags_of_pages,
    texts_of_pages,
)
from wiki.pages.queries.page_lists import ListedPage

Value = TypeVar("Value")


def _loader(
    load: Callable[[Collection[int]], Mapping[int, Value]], default: Value
) -> DataLoader[int, Value]:
    async def load_all(ids: list[int]) -> list[Value]:
        found = load(ids)
        return [found.get(id_, default) for id_ in ids]

    return DataLoader(load_fn=load_all)


@dataclass
class Loaders:
    """The loaders of one request of `viewer`, and the viewer."""

    viewer: Viewer
    texts: DataLoader[int, str] = field(init=False)
    tags: DataLoader[int, list[str]] = field(init=False)
    links: DataLoader[int, list[ListedPage]] = field(init=False)
    backlinks: DataLoader[int, list[ListedPage]] = field(init=False)
    _revisions: dict[int, DataLoader[int, list[RevisionRow]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        viewer, nothing = self.viewer, list[Any]()
        self.texts = _loader(texts_of_pages, "")
        self.tags = _loader(tags_of_pages, nothing)
        self.links = _loader(lambda ids: pages_linked_from(viewer, ids), nothing)
        self.backlinks = _loader(lambda ids: pages_linking_to(viewer, ids), nothing)

    def revisions(self, count: int) -> DataLoader[int, list[RevisionRow]]:
        """The last `count` revisions of pages."""
        if count not in self._revisions:
            self._revisions[count] = _loader(lambda ids: revisions_of_pages(ids, count), [])
        return self._revisions[count]
