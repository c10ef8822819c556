"""Which changes count as somebody's own writing."""

from sqlalchemy import ColumnElement, and_, exists, literal_column
from sqlalchemy.orm import aliased

from wiki.pages.models import Revision

BEGINNING = ("create", "import")
WRITING = (*BEGINNING, "edit", "merge")


def counts_as_writing(revision: type[Revision] = Revision) -> ColumnElement[bool]:
    """Whether a change is somebody's own, no minor one, and was not undone since.

    Restoring, undoing, renaming and deleting write nothing; what a change caused in other pages is
    nobody's.
    """
    undo = aliased(Revision)
    is_undone = exists().where(
        undo.page_id == revision.page_id,
        # Written out: for a parameter, SQLite plans the statement again at each run.
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
