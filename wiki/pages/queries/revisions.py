"""Single revisions of a page, with their texts and authors."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import aliased

from wiki.accounts.models import User
from wiki.database import db, select_record
from wiki.pages.errors import RevisionNotFound
from wiki.pages.models import Revision, Text
from wiki.pages.writing.text_store import decompress_text


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision with its text; if it was erased, who erased it and why."""

    id: int
    number: int
    action: str
    author: str | None
    created_at: datetime
    summary: str
    is_minor: bool
    path: str
    title: str
    kind: str
    tags: tuple[str, ...]
    fields: dict[str, Any]
    parent_number: int | None
    merged_number: int | None
    text: str
    erased_at: datetime | None = None
    erased_by: str | None = None
    erased_why: str | None = None  # `None` unless it was erased
    author_name: str | None = None  # name of an author without an account
    accepted_by: str | None = None  # who accepted it, if it was a proposal
    is_improved: bool = False  # whether they changed it when accepting


def load_revisions(page_id: int, numbers: Sequence[int]) -> list[RevisionView]:
    """Revisions of a page with their texts, in the order of `numbers`.

    Callers must have checked that the viewer may see the page. Raises `RevisionNotFound`.
    """
    asked = {"page_id": page_id, "numbers": list(numbers)}
    rows = db.session.execute(_numbered_query(), asked)
    found = {row.number: revision_view(row._asdict()) for row in rows}
    try:
        return [found[number] for number in numbers]
    except KeyError as missing:
        raise RevisionNotFound(*missing.args) from None


@cache
def _numbered_query() -> Select[*tuple[Any, ...]]:
    numbers: BindParameter[Any] = bindparam("numbers", expanding=True)
    is_asked = Revision.page_id == bindparam("page_id")
    return revisions_query().where(is_asked, Revision.number.in_(numbers))


@cache
def revisions_query() -> Select[*tuple[Any, ...]]:
    """Selects the columns that `revision_view` needs; cached, since composing it takes long."""
    eraser, accepter = aliased(User), aliased(User)
    return (
        select_record(
            RevisionView,
            Revision,
            author=User.username,
            text=Text.body,
            erased_at=Text.erased_at,
            erased_by=eraser.username,
            erased_why=Text.erased_why,
            accepted_by=accepter.username,
        )
        .add_columns(Text.is_compressed)
        .join(Text, Text.hash == Revision.text_hash)
        .outerjoin(User, User.id == Revision.author_id)
        .outerjoin(accepter, accepter.id == Revision.accepted_by_id)
        .outerjoin(eraser, eraser.id == Text.erased_by_id)
    )


def revision_view(row: dict[str, Any]) -> RevisionView:
    """The view of a row of `revisions_query`, with its text decompressed; `row` is modified."""
    row["text"] = decompress_text(row["text"], row.pop("is_compressed"))
    row["tags"] = tuple(row["tags"])
    if row["erased_at"] is None:
        row["erased_why"] = None
    return RevisionView(**row)


def texts_newest_first(page_id: int) -> Iterator[tuple[int, str | None]]:
    """`(number, text)` of a page’s revisions, newest first, read lazily.

    The text of an erased revision is `None`.
    """
    rows = db.session.execute(
        select(Revision.number, Text.body, Text.is_compressed, Text.erased_at)
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page_id)
        .order_by(Revision.number.desc())
        .execution_options(yield_per=50)
    )
    for row in rows:
        is_erased = row.erased_at is not None
        yield row.number, None if is_erased else decompress_text(row.body, row.is_compressed)


def restored_sources(page_id: int) -> Callable[[int], tuple[int, str] | None]:
    """A function from the number of a revision to `(number, text)` of the one it restored, if any.

    A restore has the restored revision as its source, an undo the one before the undone revision.
    """
    rows = db.session.execute(
        select(Revision.number, Revision.action, Revision.merged_number).where(
            Revision.page_id == page_id,
            Revision.action.in_(("restore", "undo")),
            Revision.merged_number.is_not(None),
        )
    )
    numbers = {row.number: row.merged_number - (row.action == "undo") for row in rows}

    def source_of(number: int) -> tuple[int, str] | None:
        if number not in numbers:
            return None
        row = db.session.execute(
            select(Text.body, Text.is_compressed)
            .join(Revision, Revision.text_hash == Text.hash)
            .where(
                Revision.page_id == page_id,
                Revision.number == numbers[number],
                Text.erased_at.is_(None),
            )
        ).one_or_none()
        return (
            None if row is None else (numbers[number], decompress_text(row.body, row.is_compressed))
        )

    return source_of


def relinked_numbers(page_id: int) -> set[int]:
    """The numbers of the page’s revisions that only changed link targets."""
    query = select(Revision.number).where(
        Revision.page_id == page_id, Revision.action.in_(("rename", "relink"))
    )
    return set(db.session.scalars(query))


def revision_authors(
    page_id: int, numbers: Collection[int]
) -> dict[int, tuple[str | None, str | None, datetime]]:
    """`(author, name of an author without an account, time)` of these revisions, by number."""
    rows = db.session.execute(
        select(Revision.number, User.username, Revision.author_name, Revision.created_at)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Revision.page_id == page_id, Revision.number.in_(numbers))
    )
    return {row.number: (row.username, row.author_name, row.created_at) for row in rows}
