"""Whether this process is ready to serve."""

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wiki.database import schema
from wiki.search.service import SEARCH


def readiness(app: Flask) -> dict[str, str]:
    """What `/readyz` shows of the database, which is "ok" at the schema of this version, and of
    the index. A lagging index doesn't make it unready: pages are served. Never raises."""
    return {"database": _database(app), "index": _index(app)}


def _database(app: Flask) -> str:
    try:
        return "ok" if schema.is_newest(app) else "not migrated"
    except schema.SchemaMismatch:
        return "of a newer version"
    except SQLAlchemyError:
        return "unavailable"


def _index(app: Flask) -> str:
    return SEARCH.of(app).index.state()
