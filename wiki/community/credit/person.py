"""What one person gave, as far as a viewer may know of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, distinct, func, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.credit.counting import BEGINNING, counts_as_writing
from wiki.database import db
from wiki.pages.models import Page, ReviewMark, Revision


@dataclass(frozen=True, slots=True)
class Credit:
    """Counts of what somebody did in pages that the viewer may see.

    `begun` are pages that they wrote first, `improved` others that they changed, `accepted` changes
    that they proposed and somebody accepted, `reviews` changes of others that they looked at.
    """

    begun: int
    improved: int
    accepted: int
    reviews: int

    @property
    def is_empty(self) -> bool:
        return not (self.begun or self.improved or self.accepted or self.reviews)


def credit_of(viewer: Viewer, person: User) -> Credit:
    """In one statement."""
    counts = (each(viewer, person) for each in (_begun, _improved, _accepted, _reviews))
    return Credit(*db.session.execute(select(*counts)).one())


def _begun(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(Revision)
        .join(Page, Page.id == Revision.page_id)
        .where(
            Revision.author_id == person.id,
            Revision.number == 1,
            Revision.action.in_(BEGINNING),
            counts_as_writing(),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _improved(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    first = aliased(Revision)
    return (
        select(func.count(distinct(Revision.page_id)))
        .join(Page, Page.id == Revision.page_id)
        .join(first, (first.page_id == Revision.page_id) & (first.number == 1))
        .where(
            Revision.author_id == person.id,
            Revision.number > 1,
            first.author_id.is_distinct_from(person.id),
            counts_as_writing(),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _accepted(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(Revision)
        .join(Page, Page.id == Revision.page_id)
        .where(
            Revision.author_id == person.id,
            Revision.accepted_by_id != person.id,
            counts_as_writing(),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )


def _reviews(viewer: Viewer, person: User) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(ReviewMark)
        .join(Revision, Revision.id == ReviewMark.revision_id)
        .join(Page, Page.id == Revision.page_id)
        .where(
            ReviewMark.user_id == person.id,
            Revision.author_id.is_distinct_from(person.id),
            visible_to(viewer, Page),
        )
        .scalar_subquery()
    )
