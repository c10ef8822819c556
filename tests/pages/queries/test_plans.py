"""What databases plan for a page: they look for what it needs, and read no table of pages."""

from typing import Any

from flask import Flask
from sqlalchemy import event, select, text

from wiki.access.permissions import Viewer
from wiki.database import db, is_sqlite
from wiki.pages.models import Page
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.page_queries import page_at, pages_below


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
    # Nor one that grows with the people who watch, propose, vote and discuss.
    large = ("page", "user", "revision", "proposal_page", "challenge_vote", "thread", "watch")
    scans = tuple(f"SCAN {name}" for name in (*large, "notification", "freshness_report"))
    assert [plan for plan in plans if plan.startswith(scans)] == []


def test_what_is_below_a_path_is_a_range_of_an_index(any_app: Flask, make_page: Any) -> None:
    below = ["a-b/!", "a-b/0", "a-b/c/d", "a-b/ሬዲስ", "a-b/ß", "a-b/\U00020bb7"]
    for path in (*below, "a-b", "a-b!/c", "a-b0", "a-b-c/d", "ab/c", "axb/c", "A/b"):
        make_page(path, title="C")
    with any_app.app_context():
        assert {path for _title, path in pages_below(Viewer(), "A-b")} == set(below)
        assert {path for path, _title in page_at(Viewer(), "a-b").below} == set(below)
        if not is_sqlite(db.session()):
            db.session.execute(text("SET LOCAL enable_seqscan = off"))  # the table is small
            asked = select(Page.id).where(is_below(Page.key, "a-b"))
            written = asked.compile(db.engine, compile_kwargs={"literal_binds": True})
            plan = db.session.execute(text(f"EXPLAIN {written}")).scalars()
            assert any("Index Cond" in line and "~>=~" in line for line in plan)
