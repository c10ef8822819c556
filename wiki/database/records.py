"""Queries whose rows become records: dataclasses that say by their fields what is asked for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Select, select

from wiki.database.base import Base, db

R = TypeVar("R")


def select_record(record: type[R], table: type[Base], **others: Any) -> "Select[*tuple[Any, ...]]":
    """A query for the fields of the dataclass `record`, in order.

    Each is the column of `table` by its name, or the expression that `others` gives for it.
    """
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]
    columns = (
        others[name].label(name) if name in others else getattr(table, name) for name in names
    )
    return select(*columns)


def fetch_records(
    record: type[R], query: "Select[*tuple[Any, ...]]", bindings: Mapping[str, Any] | None = None
) -> list[R]:
    """The rows of a query that `select_record` began; `bindings` are its parameters' values."""
    return [record(*row) for row in db.session.execute(query, bindings)]
