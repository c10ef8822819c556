"""Differences between SQLite and PostgreSQL: which one is in use, and upserts on both."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def is_sqlite(session: Session) -> bool:
    """Whether the session's database is SQLite, which has one writer at a time."""
    return session.get_bind().dialect.name == "sqlite"


def is_postgresql(session: Session) -> bool:
    """Whether the session's database is PostgreSQL, which locks rows."""
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(model) if is_sqlite(session) else postgresql.insert(model)
