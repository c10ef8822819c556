"""Notifications about challenges that were solved."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.challenges.models import SAME, ChallengeVote
from wiki.community.events import Description, Event, EventKind
from wiki.community.page_events import tags_of
from wiki.database import db, in_batches
from wiki.i18n import lazy as _l
from wiki.pages.models import Page, Revision


def describe_solved(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe solved challenges by event number; see `wiki.community.events.Describe`."""
    numbers = {event.revision_id: event.number for event in events if event.revision_id}
    query = (
        select(Revision.id, Page.id, Page.title, Page.path, Page.kind, User.username)
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(User, User.id == Revision.author_id)
        .where(visible_to(viewer, Page))
    )
    rows = [
        row
        for batch in in_batches(numbers)
        for row in db.session.execute(query.where(Revision.id.in_(batch)))
    ]
    tags = tags_of({page_id for _revision, page_id, *_rest in rows})
    return {
        numbers[revision_id]: Description(
            title=title,
            line=_(
                "“%(title)s” is solved, says %(actor)s", title=title, actor=actor or _("somebody")
            ),
            endpoint="pages.read",
            values={"path": path},
            actor=actor,
            page_id=page_id,
            path=path,
            page_kind=kind,
            tags=tags[page_id],
            thread=f"page-{page_id}",
        )
        for revision_id, page_id, title, path, kind, actor in rows
    }


def people_with_the_problem(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """By event number: the ids of the challenge's author and of those with the same problem."""
    recipients: dict[int, set[int]] = {}
    for event in events:
        same = select(ChallengeVote.user_id).where(
            ChallengeVote.page_id == event.page_id, ChallengeVote.vote == SAME
        )
        asked = select(Revision.author_id).where(
            Revision.page_id == event.page_id, Revision.number == 1
        )
        found = (*db.session.scalars(same), *db.session.scalars(asked))
        recipients[event.number] = {user_id for user_id in found if user_id is not None}
    return recipients


SOLVED_EVENT = EventKind(
    "solved", _l("Solved challenges"), describe_solved, addressees=people_with_the_problem
)
