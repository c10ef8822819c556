"""Queries for dataclasses: the fields of the class say which columns to select."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Select, select

from wiki.database.base import Base, db

R = TypeVar("R")


def select_record(record: type[R], table: type[Base], **others: Any) -> "Select[*tuple[Any, ...]]":
    """A SELECT of the fields of the dataclass `record`, in order.

    A field is the column of `table` of the same name, or the expression in `others`.
    """
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]
    columns = (
        others[name].label(name) if name in others else getattr(table, name) for name in names
    )
    return select(*columns)


def fetch_records(
    record: type[R], query: "Select[*tuple[Any, ...]]", bindings: Mapping[str, Any] | None = None
) -> list[R]:
    """The rows of a `select_record` query as `record` objects; `bindings` are its parameters."""
    return [record(*row) for row in db.session.execute(query, bindings)]
