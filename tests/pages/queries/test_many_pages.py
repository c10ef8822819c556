"""However many pages are concerned, a statement asks for a batch of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.person import Person
from wiki.access.permissions import Viewer
from wiki.database import batches, db
from wiki.pages.moving import mover, rename
from wiki.pages.queries.search_documents import hidden_pages

MOST = 20  # parameters of a statement that asks for 5 pages, the rules of access among them


@pytest.fixture
def asked(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many parameters each statement has that reads; pages are asked for in fives."""
    monkeypatch.setattr(batches, "BATCH", 5)
    counts: list[int] = []

    def count(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            counts.append(len(values))

    with any_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    yield counts
    event.remove(engine, "before_cursor_execute", count)


def test_all_pages_may_wait_for_the_index(any_app: Flask, make_page: Any, asked: list[int]) -> None:
    make_page("seen")
    asked.clear()
    with any_app.app_context():
        assert hidden_pages(Viewer(), range(1, 60)) == set(range(2, 60))
        assert hidden_pages(Viewer(), ()) == set()
    assert len(asked) > 1
    assert max(asked) < MOST


def test_many_pages_move_and_are_relinked(
    any_app: Flask, make_page: Any, client_of: Any, asked: list[int]
) -> None:
    make_page("old")
    for number in range(12):
        make_page(f"old/{number}", text="Text.\n")
        make_page(f"linking-{number}", text=f"[[old/{number}]]\n")
    selam: Person = client_of("selam")
    form = selam.open_form("/rename/old")
    asked.clear()
    assert form.submit(path="new", links=True, subtree=True).status_code == 303
    assert max(asked) < MOST
    for number in range(12):
        assert selam.get(f"/wiki/new/{number}").status_code == 200
        assert f"new/{number}" in selam.get(f"/raw/linking-{number}").get_data(as_text=True)


@pytest.mark.parametrize("where", ["old/{}", "linking-{}"])
def test_more_than_may_move_are_refused_before_they_are_loaded(
    make_page: Any, client_of: Any, monkeypatch: Any, any_app: Flask, where: str
) -> None:
    for module in (mover, rename):
        monkeypatch.setattr(module, "MAX_RENAMED_PAGES", 3)
    make_page("old")
    for number in range(3):
        make_page(where.format(number), text="[[old]]\n")
    form = client_of("selam").open_form("/rename/old")
    answer = form.submit(path="new", links=True, subtree=True)
    assert answer.status_code == 422
    assert client_of("selam").get("/wiki/old").status_code == 200
