"""Whether this process is ready to serve."""

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wiki.database import schema
from wiki.search.service import SEARCH


def readiness(app: Flask) -> dict[str, str]:
    """The state of database and index for `/readyz`; each is "ok" or says what is wrong.

    The database is "ok" at the schema of this version. An index that lags behind doesn’t make
    the process unready, since pages are served without it. Never raises.
    """
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
