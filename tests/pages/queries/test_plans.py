"""What SQLite plans for a page: it looks for what it needs, and reads no table of pages."""

from typing import Any

from flask import Flask
from sqlalchemy import event

from wiki.access.permissions import Viewer
from wiki.database import db
from wiki.pages.queries.page_queries import page_at


def test_a_page_is_read_by_indexes_alone(context: Flask, make_page: Any) -> None:
    make_page("here", text="[[there]]\n")
    make_page("here/below")
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plans.extend(row[3] for row in rows.fetchall())

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        assert page_at(Viewer(), "here").below == [("here/below", "Below")]
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    assert any("SEARCH page" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN page")] == []
