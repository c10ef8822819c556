"""What a merge of accounts does with each column that refers to a user.

The feature that owns a table decides and registers here. Every decision may be applied again: what
the merged account wrote at the last moment follows that way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from flask import Flask
from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from wiki.app_state import AppState


class AccountMerge(NamedTuple):
    """The ids of the user who is merged, and of the one who is left."""

    source: int
    target: int


# What is shown of so many rows, before they belong to somebody else.
Label: TypeAlias = Callable[[int], str]
Settle: TypeAlias = Callable[[Session, AccountMerge], None]
# Of the values of two rows that become one, the target's first: which one it keeps.
Choose: TypeAlias = Callable[[Any, Any], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to a user; `settle` makes the rows of one those of another.

    `label` is for those that are told before a merge.
    """

    column: Any
    settle: Settle
    label: Label | None = None


_REFERENCES = AppState[list[Reference]]("references_to_users", list)


def register_references(app: Flask, references: Sequence[Reference]) -> None:
    """Decide for these columns; they are settled in the order of registration."""
    _REFERENCES.of(app).extend(references)


def references() -> Sequence[Reference]:
    """What features have registered with the current application, in that order."""
    return _REFERENCES.current()


def count_references(session: Session, user_id: int) -> list[str]:
    """What of a user is told before a merge, as far as there is any of it."""
    found = []
    for reference in references():
        if reference.label is not None:
            query = select(func.count()).select_from(reference.column.class_)
            if count := session.scalar(query.where(reference.column == user_id)) or 0:
                found.append(reference.label(count))
    return found


# Decisions


def moves(column: Any, label: Label | None = None, *, only: Sequence[Any] = ()) -> Reference:
    """The rows, or `only` those that are so, name the target from now on."""

    def settle(session: Session, merge: AccountMerge) -> None:
        _move(session, column, merge, only)

    return Reference(column, settle, label)


def unites(
    column: Any,
    by: Sequence[Any] = (),
    keep: Mapping[Any, Choose] | None = None,
    label: Label | None = None,
) -> Reference:
    """The rows move, but of two that are equal `by` these columns one is left.

    That is the target's, whose other values stay, except for what `keep` chooses.
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
    """The source's rows are deleted, for what only its owner could use."""

    def settle(session: Session, merge: AccountMerge) -> None:
        execute(session, delete(column.class_).where(column == merge.source))

    return Reference(column, settle, label)


def stays(column: Any) -> Reference:
    """The rows name the merged account for ever."""
    return Reference(column, lambda _session, _merge: None)


def _move(session: Session, column: Any, merge: AccountMerge, only: Sequence[Any] = ()) -> None:
    moved = update(column.class_).where(column == merge.source, *only)
    execute(session, moved.values({column: merge.target}))


def execute(session: Session, statement: Any) -> None:
    """Change rows at once, and leave it to the merge that everything is read again afterwards."""
    session.execute(statement, execution_options={"synchronize_session": False})


# What two rows become


def lesser(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Of two rows that become one, keep the smaller value: the earlier time, the lower number."""
    return case((theirs < mine, theirs), else_=mine)


def either(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Of two rows that become one, true if one was."""
    return or_(mine, theirs)


def both(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Of two rows that become one, true only if both were."""
    return and_(mine, theirs)


def known(mine: Any, theirs: Any) -> ColumnElement[Any]:
    """Of two rows that become one, keep the target's value, or without one the source's."""
    return func.coalesce(mine, theirs)
