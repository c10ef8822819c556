"""Which revisions count as somebody's own writing."""

from sqlalchemy import ColumnElement, and_, exists, literal_column
from sqlalchemy.orm import aliased

from wiki.pages.models import Revision

BEGINNING = ("create", "import")
WRITING = (*BEGINNING, "edit", "merge")


def counts_as_writing(revision: type[Revision] = Revision) -> ColumnElement[bool]:
    """A condition: a revision is its author's own writing, not minor, and hasn't been undone.

    Restoring, undoing, renaming and deleting don't count, nor do links that a rename updates.
    """
    undo = aliased(Revision)
    is_undone = exists().where(
        undo.page_id == revision.page_id,
        # A literal: with a parameter, SQLite would plan the statement again at each run.
        undo.action == literal_column("'undo'"),
        undo.merged_number == revision.number,
    )
    return and_(
        revision.action.in_(WRITING),
        revision.is_minor.is_(False),
        revision.cause_id.is_(None),
        revision.author_id.is_not(None),
        ~is_undone,
    )
