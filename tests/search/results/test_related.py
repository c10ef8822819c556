"""Which pages are like another, by words, tags and links."""

from typing import Any

import pytest

from tests.search.shelf import Library
from wiki.search.results.related import related_pages


def like(library: Library, page_id: int, **options: Any) -> list[str]:
    snapshot = library.search.index.snapshot()
    assert snapshot is not None
    visible = options.get("visible", snapshot.live)
    return [library.documents[page].title for page in related_pages(snapshot, page_id, visible, 5)]


@pytest.fixture
def shelf(library: Library) -> Library:
    library.add("Celery", "celery workers take tasks from a broker such as rabbitmq", path="celery")
    library.add("RabbitMQ", "a broker that rabbitmq clients and celery workers share")
    library.add("Redis", "a cache that may be a broker for celery tasks")
    library.add("CSS grid", "rows and columns of a layout")
    library.add("Flexbox", "a layout in one direction of rows or columns")
    return library


def test_pages_share_telling_words(shelf: Library) -> None:
    assert set(like(shelf, 1)) == {"RabbitMQ", "Redis"}
    assert like(shelf, 4) == ["Flexbox"]


def test_only_what_may_be_seen_and_what_is_there(shelf: Library) -> None:
    snapshot = shelf.search.index.snapshot()
    assert snapshot is not None
    assert "Redis" not in like(shelf, 1, visible=snapshot.live & (snapshot.pages != 3))
    shelf.remove(2)
    assert like(shelf, 1) == ["Redis"]
    assert like(shelf, 99) == []


def test_words_of_hidden_pages_change_nothing(library: Library) -> None:
    library.add("Mine", "zanzibar merger celery workers take tasks")
    library.add("Other", "celery workers rest")
    library.add("Third", "workers take a zanzibar holiday")
    found = []
    for number in range(6):
        snapshot = library.search.index.snapshot()
        assert snapshot is not None
        found.append(like(library, 1, visible=snapshot.live & (snapshot.pages <= 3)))
        library.add(f"Hidden {number}", "merger zanzibar zanzibar celery celery")
    assert set(found[0]) == {"Other", "Third"}
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("shared", [{"links": ("target",)}, {"tags": ("queues",)}])
def test_tags_and_links_decide_between_equals(library: Library, shared: dict[str, Any]) -> None:
    words = "celery workers take tasks"
    library.add("Target", words, path="target", tags=("queues",))
    library.add("Sharing", words, **shared)
    library.add("Other", words)
    for number in range(8):
        library.add(f"Filler {number}", "rows and columns")
    assert like(library, 1)[:2] == ["Sharing", "Other"]
