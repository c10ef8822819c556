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
        """The time in UTC, for the database. Raises `ValueError` for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC, out of either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Batch migrations on SQLite find a constraint by its name only.
_NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables derive from.

    Constraints have names, so that migrations find them, and times are in UTC.
    """

    registry = mapper_registry(
        metadata=MetaData(naming_convention=_NAMING_CONVENTION),
        type_annotation_map={datetime: UTCDateTime},
    )


def _read_json(stored: str | bytes) -> Any:
    """A value of a JSON column; lone surrogates, which SQLite once accepted, become `?`."""
    # A page of results reads half a megabyte: the standard library takes three times as long.
    try:
        return orjson.loads(stored)
    except orjson.JSONDecodeError:
        text = json.dumps(json.loads(stored), ensure_ascii=False)
        return orjson.loads(text.encode(errors="replace"))


db = SQLAlchemy(model_class=Base, engine_options={"json_deserializer": _read_json})


# By which the clocks of replicas may differ: what one of them has leased is no other's sooner.
CLOCK_LEEWAY = timedelta(minutes=1)


def utcnow() -> datetime:
    """Now, with its zone: UTC."""
    return datetime.now(UTC)
