"""Which changes were reviewed, and by whom. A mark also covers the changes that were caused."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select

from wiki.access.permissions import Viewer, history_visible_to
from wiki.accounts.models import User
from wiki.database import db, insert_into, write_transaction
from wiki.pages.models import Page, ReviewMark, Revision
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.withheld_links import release_links


def mark_reviewed(viewer: Viewer, revision_ids: Collection[int]) -> int:
    """Mark revisions as reviewed by the viewer; returns how many were not yet marked.

    Those that the viewer may not see are skipped. Raises `StorageUnavailable`.
    """
    with write_transaction() as session:
        known = select(ReviewMark.revision_id).where(ReviewMark.user_id == viewer.user_id)
        visible = (
            select(Revision.id)
            .join(Page, Page.id == Revision.page_id)
            .where(
                Revision.id.in_(revision_ids),
                history_visible_to(viewer, Page),
                Revision.id.not_in(known),
            )
        )
        ids = session.scalars(visible).all()
        rows = [{"user_id": viewer.user_id, "revision_id": number} for number in ids]
        if rows:
            # Another tab may have marked them meanwhile.
            marked = insert_into(session, ReviewMark).values(rows).on_conflict_do_nothing()
            session.execute(marked)
            for page_id in sorted(release_links(session, ids, by=viewer.user_id)):
                raise_activity(session, page_id)
        return len(rows)


def unmark_reviewed(viewer: Viewer, revision_ids: Collection[int]) -> None:
    """Remove the viewer's own marks from these revisions. Raises `StorageUnavailable`."""
    with write_transaction() as session:
        session.execute(
            delete(ReviewMark).where(
                ReviewMark.user_id == viewer.user_id, ReviewMark.revision_id.in_(revision_ids)
            )
        )


def reviewers_of(revision_ids: Collection[int]) -> dict[int, Sequence[str]]:
    """The names of the reviewers of each of these revisions, in the order of their marks."""
    rows = db.session.execute(
        select(ReviewMark.revision_id, User.username)
        .join(User, User.id == ReviewMark.user_id)
        .where(ReviewMark.revision_id.in_(revision_ids))
        .order_by(ReviewMark.looked_at, User.id)
    )
    found: dict[int, list[str]] = {}
    for revision_id, name in rows:
        found.setdefault(revision_id, []).append(name)
    return dict(found)
