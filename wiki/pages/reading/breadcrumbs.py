"""The breadcrumbs of a page."""

from wiki.naming import title_of_path


def breadcrumbs(path: str) -> list[tuple[str, str]]:
    """`(label, path)` of the folders above a page, topmost first, and of the page itself."""
    parts = path.split("/")
    return [(title_of_path(part), "/".join(parts[: i + 1])) for i, part in enumerate(parts)]
