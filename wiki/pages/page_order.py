"""The order in which pages beside each other are listed: by hand where front matter says so, then
by name. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from wiki.kinds.builtin import ORDER
from wiki.kinds.values import NUMBER
from wiki.letters import natural_sort_key
from wiki.naming import path_key

# As this wiki, Docusaurus, Just the Docs and Hugo call it; the first that is a number counts.
ORDER_FIELDS = (ORDER, "sidebar_position", "nav_order", "weight")

SortKey = tuple[tuple[bool, float, tuple[str | int, ...]], ...]


def position_of(fields: Mapping[str, Any]) -> float | None:
    """The place of a page among those beside it, as its front matter has it."""
    for name in ORDER_FIELDS:
        value = fields.get(name)
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            return float(value)
    return None


def sort_key_of(pages: Mapping[str, float | None]) -> Callable[[str], SortKey]:
    """What to sort paths by; `pages` are the positions of pages by their paths.

    Those with a position come first. A folder without a page is where the first page in it is.
    """
    positions = {path_key(path): position for path, position in pages.items()}
    lowest: dict[str, float] = {}
    for key, position in positions.items():
        if position is not None:
            for folder in _above(key):
                lowest[folder] = min(position, lowest.get(folder, position))

    def sort_key(path: str) -> SortKey:
        key = path_key(path)
        found = []
        for each in (*reversed(_above(key)), key):
            position = positions[each] if each in positions else lowest.get(each)
            name = each.rpartition("/")[2]
            found.append((position is None, position or 0.0, natural_sort_key(name)))
        return tuple(found)

    return sort_key


def _above(key: str) -> list[str]:
    """The folders above, the nearest first."""
    parts = key.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
