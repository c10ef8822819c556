"""Which revision a change started from, and whether a page already had it."""

import hashlib

from sqlalchemy import select

from wiki.database import db
from wiki.pages.models import TOMBSTONE, Revision
from wiki.pages.writing.content import Content


def base_number(page_id: int, number: int, text_hash: str) -> int | None:
    """The revision `number` if its text has that hash; else the last one whose text has it, as
    after a restore; else `None`: then the change is of no page of this wiki.

    An erased revision counts as the one that it was: what began with it conflicts.
    """
    query = select(Revision.number, Revision.text_hash).where(Revision.page_id == page_id)
    row = db.session.execute(query.where(Revision.number == number)).one_or_none()
    if row is not None and (row.text_hash == text_hash or row.text_hash.startswith(TOMBSTONE)):
        return number
    same = query.where(Revision.text_hash == text_hash).order_by(Revision.number.desc())
    found = db.session.execute(same.limit(1)).one_or_none()
    return None if found is None else found.number


def revision_with(page_id: int, content: Content, after: int) -> int | None:
    """The last revision after `after` with this title, these tags and this text, if there is one.

    `content` is clean.
    """
    digest = hashlib.sha256(content.text.encode()).hexdigest()
    rows = db.session.execute(
        select(Revision.number, Revision.title, Revision.tags)
        .where(Revision.page_id == page_id, Revision.number > after, Revision.text_hash == digest)
        .order_by(Revision.number.desc())
    )
    wanted = (content.title, list(content.tags))
    return next((row.number for row in rows if (row.title, list(row.tags)) == wanted), None)
