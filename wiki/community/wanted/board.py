"""The board of wanted knowledge, as one viewer may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wiki.access.permissions import Viewer
from wiki.community.wanted.challenge_claims import is_open_challenge
from wiki.community.wanted.claims import Claim, claims_of
from wiki.community.wanted.open_challenges import OpenChallenges, wanted_challenges
from wiki.community.wanted.red_links import RedLink, is_red_link, red_links
from wiki.community.wanted.searches import (
    MissedSearch,
    is_missed_search,
    miss_share,
    missed_searches,
)


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board; `claims` are by the keys of its items, `total` is of red links.

    `share` is the part of all searches without a good result, where enough were counted.
    """

    links: Sequence[RedLink]
    total: int
    searches: Sequence[MissedSearch]
    share: float | None
    challenges: OpenChallenges | None
    claims: Mapping[str, Claim]


class NotWanted(LookupError):
    """Nothing of this key is wanted, as far as the viewer may know."""


def load_board(viewer: Viewer, *, dismissed: bool = False, offset: int, limit: int) -> Board:
    """The links from `offset` on; what mentors dismissed when that is asked for.

    Searches and challenges are on the first page.
    """
    links = red_links(viewer, dismissed=dismissed, offset=offset, limit=limit)
    searches = [] if offset else missed_searches(viewer, dismissed=dismissed)
    challenges = None if offset or dismissed else wanted_challenges(viewer)
    items = (links.found, searches, challenges.found if challenges else ())
    claims = claims_of({item.key for group in items for item in group})
    return Board(links.found, links.total, searches, miss_share(), challenges, claims)


def check_wanted(viewer: Viewer, key: str) -> None:
    """That the viewer sees an item of this key on the board. Raises `NotWanted`."""
    if not (
        is_red_link(viewer, key) or is_missed_search(viewer, key) or is_open_challenge(viewer, key)
    ):
        raise NotWanted(key)
