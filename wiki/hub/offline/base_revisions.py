"""Finds the revision that a change started from, and whether a page already has the change."""

import hashlib

from sqlalchemy import select

from wiki.database import db
from wiki.pages.models import TOMBSTONE, Revision
from wiki.pages.writing.content import Content


def base_number(page_id: int, number: int, text_hash: str) -> int | None:
    """Revision `number` if its text has that hash, otherwise the last one whose text has it.

    That may be another revision after a restore. `None` if there is none: the change then isn’t
    of a page of this wiki. An erased revision counts as the one it was, so a change based on it
    conflicts.
    """
    query = select(Revision.number, Revision.text_hash).where(Revision.page_id == page_id)
    row = db.session.execute(query.where(Revision.number == number)).one_or_none()
    if row is not None and (row.text_hash == text_hash or row.text_hash.startswith(TOMBSTONE)):
        return number
    same = query.where(Revision.text_hash == text_hash).order_by(Revision.number.desc())
    found = db.session.execute(same.limit(1)).one_or_none()
    return None if found is None else found.number


def revision_with(page_id: int, content: Content, after: int) -> int | None:
    """The last revision after `after` with this title, these tags and this text, or `None`.

    `content` has to be clean.
    """
    digest = hashlib.sha256(content.text.encode()).hexdigest()
    rows = db.session.execute(
        select(Revision.number, Revision.title, Revision.tags)
        .where(Revision.page_id == page_id, Revision.number > after, Revision.text_hash == digest)
        .order_by(Revision.number.desc())
    )
    wanted = (content.title, list(content.tags))
    return next((row.number for row in rows if (row.title, list(row.tags)) == wanted), None)
