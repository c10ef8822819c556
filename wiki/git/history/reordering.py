"""Pages whose position changed in the repository although their files didn’t."""

from collections.abc import Iterator

from dulwich.objects import ObjectID
from sqlalchemy import select

from wiki.database import db, in_batches
from wiki.git.history.commit_tree import CommitTree
from wiki.git.history.import_record import ImportedPage, ImportRecord
from wiki.hub.trees.archive_reader import Unreadable
from wiki.pages.models import Page
from wiki.pages.page_order import position_of


def pages_to_move(
    tree: CommitTree, record: ImportRecord
) -> Iterator[tuple[str, ImportedPage, ObjectID]]:
    """The pages to move that nobody has changed here: file, page, and current blob."""
    pages = {page.key: (name, page) for name, page in record.pages.items() if page.key is not None}
    query = select(Page.id, Page.position, Page.revision_count).where(Page.deleted_at.is_(None))
    rows = [
        row
        for some in in_batches([key for key in pages if isinstance(key, int)])
        for row in db.session.execute(query.where(Page.id.in_(some)))
    ]
    for row in rows:
        name, page = pages[row.id]
        place, blob = tree.positions.get(name), tree.blob_of(name)
        if blob is None or place in (None, row.position) or page.number != row.revision_count:
            continue
        try:
            source = tree.source(name, blob)
        except Unreadable:
            continue
        if position_of(source.fields) != row.position:
            yield name, page, blob
