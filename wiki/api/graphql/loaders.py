"""Batches what fields ask for one by one: one statement loads the values for all pages of a list.

Loaders live for one request of one viewer, so nothing is shared with others.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from wiki.access.permissions import Viewer
from wiki.api.graphql.limits import MAX_TEXT
from wiki.pages.queries.page_batches import (
    RevisionRow,
    names_of_outside_authors,
    pages_linked_from,
    pages_linking_to,
    revisions_of_pages,
    sizes_of_pages,
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


Pages = DataLoader[int, list[ListedPage]]


@dataclass
class Loaders:
    """The viewer of a request, and its data loaders."""

    viewer: Viewer
    tags: DataLoader[int, list[str]] = field(init=False)
    author_names: DataLoader[int, str | None] = field(init=False)
    _texts: DataLoader[int, str] = field(init=False)
    _text_left: int = field(default_factory=lambda: MAX_TEXT)
    _counted: dict[tuple[str, int], DataLoader[int, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.author_names = _loader(names_of_outside_authors, None)
        self.tags = _loader(tags_of_pages, list[str]())
        self._texts = _loader(self._load_texts, "")

    async def text(self, page_id: int) -> str:
        """The text of a page. Raises `GraphQLError` once all texts of the response are too long."""
        text = await self._texts.load(page_id)
        self._text_left -= len(text)  # a text counts each time it is returned
        if self._text_left < 0:
            raise _too_long()
        return text

    def _load_texts(self, page_ids: Collection[int]) -> Mapping[int, str]:
        if sum(sizes_of_pages(page_ids).values()) > self._text_left:
            raise _too_long()
        return texts_of_pages(page_ids)

    def revisions(self, count: int) -> DataLoader[int, list[RevisionRow]]:
        """The last `count` revisions of each page."""
        return self._of("revisions", count, lambda ids: revisions_of_pages(ids, count))

    def links(self, count: int) -> Pages:
        """The first `count` pages that each page links to."""
        return self._of("links", count, lambda ids: pages_linked_from(self.viewer, ids, count))

    def backlinks(self, count: int) -> Pages:
        """The first `count` pages that link to each page."""
        return self._of("backlinks", count, lambda ids: pages_linking_to(self.viewer, ids, count))

    def _of(
        self, name: str, count: int, load: Callable[[Collection[int]], Mapping[int, list[Any]]]
    ) -> DataLoader[int, Any]:
        return self._counted.setdefault((name, count), _loader(load, list[Any]()))


def _too_long() -> GraphQLError:
    return GraphQLError(f"Texts may have {MAX_TEXT} characters together: ask for fewer pages.")
