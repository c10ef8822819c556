"""Open challenges, ranked by the people who have them and the pages that link to them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import Viewer, visible_to
from wiki.community.challenges.votes import count_same
from wiki.community.wanted.challenge_claims import key_of_challenge
from wiki.database import db
from wiki.kinds.builtin import CHALLENGE
from wiki.pages.models import Link, Page

MAX_SHOWN = 10  # challenges; the board of challenges has all


@dataclass(frozen=True, slots=True)
class WantedChallenge:
    """An open challenge.

    `same` counts the people who have it, without its author; `pages` the pages that link to it and
    that the viewer may read.
    """

    id: int
    path: str
    title: str
    created_at: datetime
    same: int
    pages: int

    @property
    def key(self) -> str:
        """Its key on the board, for claims and dismissals."""
        return key_of_challenge(self.id)


@dataclass(frozen=True, slots=True)
class OpenChallenges:
    """The most wanted open challenges, and the number of all."""

    total: int
    found: list[WantedChallenge]


def wanted_challenges(viewer: Viewer) -> OpenChallenges:
    """Open challenges by people who have them, then by pages that link to them, then by age."""
    linking = aliased(Page)
    pages = (
        select(func.count(Link.from_page_id.distinct()))
        .join(linking, linking.id == Link.from_page_id)
        .where(
            or_(Link.to_key == Page.key, Link.to_key == Page.title_key),
            linking.id != Page.id,
            visible_to(viewer, linking),
        )
        .correlate(Page)
        .scalar_subquery()
        .label("pages")
    )
    is_open = (Page.kind == CHALLENGE, Page.status == "open", visible_to(viewer, Page))
    same = count_same().label("same")
    rows = db.session.execute(
        select(Page.id, Page.path, Page.title, Page.created_at, same, pages, func.count().over())
        .where(*is_open)
        .order_by(same.desc(), pages.desc(), Page.created_at, Page.id)
        .limit(MAX_SHOWN)
    ).all()
    return OpenChallenges(rows[0][6] if rows else 0, [WantedChallenge(*row[:6]) for row in rows])
