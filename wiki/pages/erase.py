"""Taking a text out for good: secrets and personal data.

A text is stored once for all revisions that hold it, so deleting its row erases it from every
one of them. They are left with a tombstone: who did it, when, and why.
"""

from collections.abc import Sequence
from secrets import token_hex

from sqlalchemy import ColumnElement, delete, or_, select, text, update
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.extensions import utcnow, writing
from wiki.markup import render
from wiki.pages.content import Content, clean_summary
from wiki.pages.errors import PageNotFound, RevisionNotFound
from wiki.pages.models import Draft, Page, Revision, Text
from wiki.pages.store import append_revision, content_of, store_rendering, store_tags
from wiki.pages.texts import unpack

TOMBSTONE = "*The text of this page was erased.*\n"


class ReasonMissing(ValueError):
    """An erasure is explained to those who find the tombstone."""


def erase(page_id: int, number: int, *, by: User, why: str, containing: str = "") -> list[int]:
    """Erase the text of revision `number`, and of each revision of the page with `containing`.

    A page whose current text is erased gets a new revision: its newest text that is left, or
    a line that says what happened. Drafts begun from an erased revision, or that hold
    `containing`, go too. Returns the numbers of this page's revisions that were erased.
    Raises `ReasonMissing`, `PageNotFound`, `RevisionNotFound`.
    """
    why = clean_summary(why)
    if not why:
        raise ReasonMissing
    with writing() as session:
        _overwrite_free_space(session)
        hashes = _hashes(session, page_id, number, containing)
        page_ids = set(
            session.scalars(select(Revision.page_id).where(Revision.text_hash.in_(hashes)))
        )
        # Every page is locked in the order of ids, or two erasures could wait for each other.
        pages = session.scalars(
            select(Page).where(Page.id.in_(page_ids)).order_by(Page.id).with_for_update()
        ).all()
        _drop_drafts(session, page_ids, hashes, containing)
        current = {page.id: _is_current(session, page, hashes) for page in pages}
        numbers = _bury(session, page_id, hashes, by, why)
        for page in pages:
            if current[page.id]:
                _replace_current(session, page, by)
        return numbers


def _bury(session: Session, page_id: int, hashes: Sequence[str], by: User, why: str) -> list[int]:
    """Point every revision of these texts at one tombstone, and delete the texts."""
    numbers = session.scalars(
        select(Revision.number)
        .where(Revision.page_id == page_id, Revision.text_hash.in_(hashes))
        .order_by(Revision.number)
    ).all()
    # Not the hash of a text: who writes the same text again stores it anew.
    tombstone = Text(
        hash=f"erased:{token_hex(16)}",
        body=b"",
        is_compressed=False,
        size=0,
        erased_at=utcnow(),
        erased_by_id=by.id,
        erased_why=why,
    )
    session.add(tombstone)
    session.flush()
    session.execute(
        update(Revision)
        .where(Revision.text_hash.in_(hashes))
        .values(text_hash=tombstone.hash, summary="", size=0)
    )
    session.execute(delete(Text).where(Text.hash.in_(hashes)))
    return list(numbers)


def _overwrite_free_space(session: Session) -> None:
    """SQLite leaves deleted bytes in the file unless it is told to write zeros over them."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def _hashes(session: Session, page_id: int, number: int, containing: str) -> list[str]:
    if session.get(Page, page_id) is None:
        raise PageNotFound
    rows = session.execute(
        select(Revision.number, Text.hash, Text.body, Text.is_compressed)
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page_id, Text.erased_at.is_(None))
        .execution_options(yield_per=100)
    )
    found = [
        row.hash
        for row in rows
        if row.number == number
        or (containing and containing in unpack(row.body, row.is_compressed))
    ]
    if not found:
        raise RevisionNotFound
    return found


def _drop_drafts(
    session: Session, page_ids: set[int], hashes: Sequence[str], containing: str
) -> None:
    begun = (
        select(Draft.id)
        .join(
            Revision,
            (Revision.page_id == Draft.page_id) & (Revision.number == Draft.base_revision),
        )
        .where(Revision.text_hash.in_(hashes))
    )
    conditions: list[ColumnElement[bool]] = [Draft.id.in_(begun)]
    if containing:
        conditions.append(Draft.text.contains(containing, autoescape=True))
    session.execute(delete(Draft).where(Draft.page_id.in_(page_ids), or_(*conditions)))


def _is_current(session: Session, page: Page, hashes: Sequence[str]) -> bool:
    current = session.scalar(
        select(Revision.text_hash).where(
            Revision.page_id == page.id, Revision.number == page.revision_count
        )
    )
    return current in hashes


def _replace_current(session: Session, page: Page, by: User) -> None:
    """Make the newest text that is left the current one."""
    number = session.scalar(
        select(Revision.number)
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page.id, Text.erased_at.is_(None))
        .order_by(Revision.number.desc())
        .limit(1)
    )
    before = content_of(session, page.id, number or page.revision_count)
    content = (
        before
        if number
        else Content(before.title, TOMBSTONE, before.kind, before.tags, before.fields)
    )
    append_revision(session, page, content, by=by, action="erase")
    store_rendering(session, page, render(content.text, path=page.path))
    store_tags(session, page, content.tags)
