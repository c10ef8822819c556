"""How pages are divided among sitemaps (sitemaps.org)."""

from wiki.access.permissions import Viewer
from wiki.pages.queries.page_lists import count_by_kind

# The protocol allows 50,000 and 50 MB; the longest names take 2 KB each.
PAGES_A_PART = 20_000


def part_count(viewer: Viewer) -> int:
    """The number of sitemaps needed for all pages visible to `viewer`."""
    return -(-sum(count_by_kind(viewer).values()) // PAGES_A_PART)
