"""The board of wanted knowledge, as far as a viewer may see it."""

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
    """One page of the board; `claims` are by key of item, `total` is the number of red links.

    `share` is the fraction of searches without a good result; `None` if too few were counted.
    """

    links: Sequence[RedLink]
    total: int
    searches: Sequence[MissedSearch]
    share: float | None
    challenges: OpenChallenges | None
    claims: Mapping[str, Claim]


class NotWanted(LookupError):
    """The viewer sees no wanted item with this key."""


def load_board(viewer: Viewer, *, dismissed: bool = False, offset: int, limit: int) -> Board:
    """The board with red links from `offset` on; with `dismissed`, what mentors dismissed.

    Searches and challenges are on the first page only.
    """
    links = red_links(viewer, dismissed=dismissed, offset=offset, limit=limit)
    searches = [] if offset else missed_searches(viewer, dismissed=dismissed)
    challenges = None if offset or dismissed else wanted_challenges(viewer)
    items = (links.found, searches, challenges.found if challenges else ())
    claims = claims_of({item.key for group in items for item in group})
    return Board(links.found, links.total, searches, miss_share(), challenges, claims)


def check_wanted(viewer: Viewer, key: str) -> None:
    """Check that the viewer sees an item with this key. Raises `NotWanted`."""
    if not (
        is_red_link(viewer, key) or is_missed_search(viewer, key) or is_open_challenge(viewer, key)
    ):
        raise NotWanted(key)
