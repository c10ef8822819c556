"""The order of sibling pages in lists: by position in their front matter, then by name. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from wiki.kinds.builtin import ORDER
from wiki.kinds.values import NUMBER
from wiki.letters import natural_sort_key
from wiki.naming import path_key

# The names in this wiki, Docusaurus, Just the Docs and Hugo; the first number counts.
ORDER_FIELDS = (ORDER, "sidebar_position", "nav_order", "weight")

SortKey = tuple[tuple[bool, float, tuple[str | int, ...]], ...]


def position_of(fields: Mapping[str, Any]) -> float | None:
    """The position of a page among its siblings, from its front matter."""
    for name in ORDER_FIELDS:
        value = fields.get(name)
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            return float(value)
    return None


def sort_key_of(pages: Mapping[str, float | None]) -> Callable[[str], SortKey]:
    """A sort key for paths; `pages` maps the paths of pages to their positions.

    Pages with a position come first. A folder without a page sorts like the first page in it.
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
    """The keys of the folders above, nearest first."""
    parts = key.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
