"""Each column that refers to a user has a decision, which does what it says, also a second time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    JSON,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
)

from wiki.accounts.merging.references import AccountMerge, Reference, references
from wiki.database import UTCDateTime, db

SOURCE, TARGET = 501, 502
KEPT = {"audit_event.by_id", "audit_event.about_id", "merged_account.user_id"}
# Those that refer to users without a foreign key.
LOOSE = {
    *("outbox.actor_id", "outbox.subject_id", "told_event.subject_id", "webhook_event.actor_id"),
}
_VALUES: dict[type, Any] = {
    **{String: "x", Integer: 7, LargeBinary: b"x", JSON: {}},
    UTCDateTime: datetime(2026, 12, 1, tzinfo=UTC),
}


def name_of(column: "Column[Any]") -> str:
    return f"{column.table.name}.{column.name}"


def column_of(reference: Reference) -> "Column[Any]":
    return reference.column.property.columns[0]  # type: ignore[no-any-return]


def columns_of_users() -> set[str]:
    """All that refer to users by a foreign key."""
    return {
        name_of(column)
        for table in db.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "user" for key in column.foreign_keys)
    }


def test_every_column_that_refers_to_a_user_has_a_decision(app: Flask) -> None:
    with app.app_context():
        decided = [name_of(column_of(each)) for each in references()]
    assert columns_of_users() - set(decided) == set(), "what does a merge do with these?"
    assert set(decided) - columns_of_users() == LOOSE
    assert len(decided) == len(set(decided))
    others = {
        name_of(column)
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name in ("actor_id", "user_id", "author_id")
    }
    assert others - set(decided) == set()


def _row(column: "Column[Any]", number: int, owner: int) -> dict[str, Any]:
    """What a row of `owner` must have; equal to another one's of the number where it may not be."""
    unique = _unique_sets(column.table)
    with_owner = {name for names in unique if column.name in names for name in names}
    without = {name for names in unique if column.name not in names for name in names}
    row: dict[str, Any] = {}
    for each in column.table.columns:
        is_unique = each.name in with_owner | without
        if each.name == column.name or (each.nullable and not is_unique):
            continue
        value = next((v for t, v in _VALUES.items() if isinstance(each.type, t)), True)
        if is_unique:
            mark = number if each.name in with_owner else 10 * number + owner - SOURCE
            value = mark if isinstance(value, int) else f"{value}{mark}"
        row[each.name] = value
    return row | {column.name: owner}


def _unique_sets(table: Table) -> list[set[str]]:
    """The names of the columns of each key."""
    found = [set(table.primary_key.columns.keys())]
    found += [set(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
    return found + [set(index.columns.keys()) for index in table.indexes if index.unique]


@pytest.mark.parametrize("is_double", [False, True])
def test_nothing_is_left_of_the_source(app: Flask, is_double: bool) -> None:
    """Whatever a row is of: with none of the target's like it, and with one."""
    with app.app_context():
        session = db.session()
        for pragma in ("defer_foreign_keys=ON", "ignore_check_constraints=ON"):
            session.connection().exec_driver_sql(f"PRAGMA {pragma}")
        decided = [column_of(each) for each in references()]
        columns = [each for each in decided if name_of(each) not in KEPT | LOOSE]
        for number, column in enumerate(columns, 1_000):
            for owner in (SOURCE, TARGET) if is_double else (SOURCE,):
                session.execute(insert(column.table), _row(column, number, owner))
        for _again in range(2):
            for reference in references():
                reference.settle(session, AccountMerge(SOURCE, TARGET))
            assert [name_of(each) for each in columns if _count(each, SOURCE)] == []
        session.rollback()


def _count(column: "Column[Any]", user_id: int) -> int:
    query = select(func.count()).select_from(column.table).where(column == user_id)
    return db.session.scalar(query) or 0
