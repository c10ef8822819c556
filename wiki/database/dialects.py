"""Where SQLite and PostgreSQL differ: which one it is, and the inserts that both call alike."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def is_sqlite(session: Session) -> bool:
    """Whether the session's database is SQLite, where one writes at a time."""
    return session.get_bind().dialect.name == "sqlite"


def is_postgresql(session: Session) -> bool:
    """Whether the session's database is PostgreSQL, where rows are locked."""
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(model) if is_sqlite(session) else postgresql.insert(model)
