"""The board of wanted knowledge, as one viewer may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wiki.access.permissions import Viewer
from wiki.community.wanted.claims import Claim, claims_of
from wiki.community.wanted.red_links import RedLink, is_red_link, red_links


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board; `claims` are by the keys of its items, `total` is of red links."""

    links: Sequence[RedLink]
    total: int
    claims: Mapping[str, Claim]


class NotWanted(LookupError):
    """Nothing of this key is wanted, as far as the viewer may know."""


def load_board(viewer: Viewer, *, dismissed: bool = False, offset: int, limit: int) -> Board:
    """The items from `offset` on; those that mentors dismissed when they are asked for."""
    links = red_links(viewer, dismissed=dismissed, offset=offset, limit=limit)
    claims = claims_of([link.key for link in links.found])
    return Board(links.found, links.total, claims)


def check_wanted(viewer: Viewer, key: str) -> None:
    """That the viewer sees an item of this key on the board. Raises `NotWanted`."""
    if not is_red_link(viewer, key):
        raise NotWanted(key)
