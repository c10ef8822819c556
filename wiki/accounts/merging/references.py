"""How a merge of accounts treats each column that refers to a user.

The feature that owns a table decides and registers its decision here. Every decision can be
applied repeatedly, to move what the merged account writes at the last moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from flask import Flask
from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from wiki.app_state import AppState


class AccountMerge(NamedTuple):
    """The ids of the user who is merged, and of the user who stays."""

    source: int
    target: int


# Describes a number of rows in the preview of a merge.
Label: TypeAlias = Callable[[int], str]
Settle: TypeAlias = Callable[[Session, AccountMerge], None]
# Given the values of the target's and of the source's row, the value to keep.
Choose: TypeAlias = Callable[[Any, Any], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to a user; `settle` moves one user’s rows to another.

    `label` describes the rows in the preview, if they are shown there.
    """

    column: Any
    settle: Settle
    label: Label | None = None


_REFERENCES = AppState[list[Reference]]("references_to_users", list)


def register_references(app: Flask, references: Sequence[Reference]) -> None:
    """Register decisions for these columns; they are applied in the order of registration."""
    _REFERENCES.of(app).extend(references)


def references() -> Sequence[Reference]:
    """The references that features have registered with the current application, in order."""
    return _REFERENCES.current()


def count_references(session: Session, user_id: int) -> list[str]:
    """Descriptions of a user’s rows for the preview of a merge."""
    found = []
    for reference in references():
        if reference.label is not None:
            query = select(func.count()).select_from(reference.column.class_)
            if count := session.scalar(query.where(reference.column == user_id)) or 0:
                found.append(reference.label(count))
    return found


# Decisions


def moves(column: Any, label: Label | None = None, *, only: Sequence[Any] = ()) -> Reference:
    """The rows, or those matching `only`, refer to the target from now on."""

    def settle(session: Session, merge: AccountMerge) -> None:
        _move(session, column, merge, only)

    return Reference(column, settle, label)


def unites(
    column: Any,
    by: Sequence[Any] = (),
    keep: Mapping[Any, Choose] | None = None,
    label: Label | None = None,
) -> Reference:
    """The rows move, but of two rows with equal values in `by`, one remains.

    It is the target’s row, which keeps its other values except for those that `keep` chooses.
    """
    model = column.class_
    other = aliased(model)
    owner = getattr(other, column.key)
    is_same = and_(True, *(getattr(other, each.key) == each for each in by))

    def settle(session: Session, merge: AccountMerge) -> None:
        twin = (owner == merge.source, is_same)
        chosen = {
            each: choose(each, select(getattr(other, each.key)).where(*twin).scalar_subquery())
            for each, choose in (keep or {}).items()
        }
        if chosen:
            both = update(model).where(column == merge.target, exists().where(*twin))
            execute(session, both.values(chosen))
        is_double = exists().where(owner == merge.target, is_same)
        execute(session, delete(model).where(column == merge.source, is_double))
        _move(session, column, merge)

    return Reference(column, settle, label)


def drops(column: Any, label: Label | None = None) -> Reference:
    """The source’s rows are deleted, since only their owner could use them."""

    def settle(session: Session, merge: AccountMerge) -> None:
        execute(session, delete(column.class_).where(column == merge.source))

    return Reference(column, settle, label)


def stays(column: Any) -> Reference:
    """The rows keep referring to the merged account."""
    return Reference(column, lambda _session, _merge: None)


def _move(session: Session, column: Any, merge: AccountMerge, only: Sequence[Any] = ()) -> None:
    moved = update(column.class_).where(column == merge.source, *only)
    execute(session, moved.values({column: merge.target}))


def execute(session: Session, statement: Any) -> None:
    """Run a statement without synchronizing the session; the merge expires everything
    afterwards.
    """
    session.execute(statement, execution_options={"synchronize_session": False})


# Which of two values to keep


def lesser(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Keep the smaller value: the earlier time, the lower number."""
    return case((theirs < mine, theirs), else_=mine)


def either(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """True if either row has true."""
    return or_(mine, theirs)


def both(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """True only if both rows have true."""
    return and_(mine, theirs)


def known(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Keep the target’s value or, if it has none, the source’s."""
    return func.coalesce(mine, theirs)
