"""The contents of a mirror: revisions and versions of files, in a fixed order.

Deleted pages and files are left out, since nobody can read their history in the wiki either.

Revisions come in the order in which they were stored. A version of a file comes before the first
revision that is later than it. Times never decrease from one commit to the next, even if those
of imported revisions do.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import and_, false, or_, select

from wiki.access.models import ROOT_RULE_ID
from wiki.access.permissions import Viewer, readable_rules
from wiki.accounts.models import User
from wiki.database import db
from wiki.files.models import PROPOSED, File, FileVersion
from wiki.pages.models import Page, Revision

ROWS_PER_QUERY = 2_000
FINGERPRINT_SIZE = 16  # bytes
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MirrorItem:
    """A future commit. `id` is that of the revision or file version, `owner` that of its page or
    file.

    `page` is the page that a file belongs to, `row` the stored row.
    """

    kind: Literal["revision", "file"]
    id: int
    owner: int
    page: int | None
    at: datetime
    fingerprint: bytes
    row: Any


@dataclass(frozen=True, slots=True)
class MirrorProgress:
    """How far items are mirrored: the last ids, and the latest time of a revision."""

    revision: int = 0
    version: int = 0
    latest: datetime = BEGINNING


def items_after(
    viewer: Viewer, reached: MirrorProgress, end: int | None = None
) -> Iterator[tuple[MirrorItem, datetime]]:
    """The items that follow, in order, each with the latest time of any revision so far.

    `end` is the id of the first revision to leave out.
    """
    versions = _versions(viewer, reached.version)
    version = next(versions, None)
    latest = reached.latest
    for revision in _revisions(viewer, reached.revision, end):
        upcoming = max(latest, revision.at)
        while version is not None and version.at < upcoming:
            yield version, latest
            version = next(versions, None)
        latest = upcoming
        yield revision, latest
    while version is not None:
        yield version, latest
        version = next(versions, None)


def _revisions(viewer: Viewer, after: int, end: int | None) -> Iterator[MirrorItem]:
    names = ("page_id", "number", "action", "path", "title", "kind", "tags", "fields", "text_hash")
    columns = [getattr(Revision, name) for name in (*names, "summary", "author_name", "author_id")]
    query = (
        select(Revision.id, Revision.created_at, *columns, User.username)
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Page.rule_id.in_(readable_rules(viewer)), Page.deleted_at.is_(None))
        .order_by(Revision.id)
        .limit(ROWS_PER_QUERY)
    )
    if end is not None:
        query = query.where(Revision.id < end)
    for row in _all(query, Revision.id, after):
        print_ = _fingerprint(row)
        yield MirrorItem("revision", row.id, row.page_id, row.page_id, row.created_at, print_, row)


def _versions(viewer: Viewer, after: int) -> Iterator[MirrorItem]:
    rules = readable_rules(viewer)
    of_library = File.page_id.is_(None) if ROOT_RULE_ID in rules else false()
    names = ("number", "action", "name", "content_hash", "author_id")
    columns = [getattr(FileVersion, name) for name in names]
    query = (
        select(FileVersion.id, FileVersion.created_at, FileVersion.file_id, File.page_id, *columns)
        .add_columns(User.username)
        .join(File, File.id == FileVersion.file_id)
        .outerjoin(Page, Page.id == File.page_id)
        .outerjoin(User, User.id == FileVersion.author_id)
        .where(or_(of_library, and_(Page.rule_id.in_(rules), Page.deleted_at.is_(None))))
        .where(File.deleted_at.is_(None), FileVersion.action != PROPOSED)
        .order_by(FileVersion.id)
        .limit(ROWS_PER_QUERY)
    )
    for row in _all(query, FileVersion.id, after):
        print_ = _fingerprint(row)
        yield MirrorItem("file", row.id, row.file_id, row.page_id, row.created_at, print_, row)


def _all(query: Any, key: Any, after: int) -> Iterable[Any]:
    while rows := db.session.execute(query.where(key > after)).all():
        yield from rows
        after = rows[-1].id


def _fingerprint(row: Any) -> bytes:
    return hashlib.blake2b(repr(tuple(row)).encode(), digest_size=FINGERPRINT_SIZE).digest()
