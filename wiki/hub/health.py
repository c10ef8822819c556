"""Whether this process can serve."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wiki.database import schema
from wiki.search.service import SEARCH


@dataclass(frozen=True, slots=True)
class Readiness:
    """`checks` is what `/readyz` shows; a lagging index makes nobody unready, pages are served."""

    is_ready: bool
    checks: dict[str, str]


def readiness(app: Flask) -> Readiness:
    """Ask the database, and whether it is at the schema of this version. Never raises."""
    database = _database(app)
    return Readiness(database == "ok", {"database": database, "index": _index(app)})


def _database(app: Flask) -> str:
    try:
        return "ok" if schema.is_newest(app) else "not migrated"
    except schema.SchemaMismatch:
        return "of a newer version"
    except SQLAlchemyError:
        return "unavailable"


def _index(app: Flask) -> str:
    search = SEARCH.of(app)
    return "ready" if search.index.snapshot() is not None else search.index.unavailable_state()
