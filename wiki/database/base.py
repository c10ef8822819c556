"""The base class of all tables, the types of their columns, and the session."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import registry as mapper_registry


class UTCDateTime(TypeDecorator[datetime]):
    """Times in UTC on every database; SQLite would return naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC for storing. Raises `ValueError` for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time, with the zone UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Alembic's batch migrations on SQLite find constraints only by name.
_NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base class of all models.

    Its naming convention names every constraint, so that migrations can find it; times are in UTC.
    """

    registry = mapper_registry(
        metadata=MetaData(naming_convention=_NAMING_CONVENTION),
        type_annotation_map={datetime: UTCDateTime},
    )


def _read_json(stored: str | bytes) -> Any:
    """Parse a JSON column; lone surrogates, which SQLite once accepted, become `?`."""
    # A page of search results reads half a megabyte; `json` would take three times as long.
    try:
        return orjson.loads(stored)
    except orjson.JSONDecodeError:
        text = json.dumps(json.loads(stored), ensure_ascii=False)
        return orjson.loads(text.encode(errors="replace"))


db = SQLAlchemy(model_class=Base, engine_options={"json_deserializer": _read_json})


# How far the clocks of replicas may differ; leases last that much longer for other replicas.
CLOCK_LEEWAY = timedelta(minutes=1)


def utcnow() -> datetime:
    """The current time in UTC, with its zone."""
    return datetime.now(UTC)
