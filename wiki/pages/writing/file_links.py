"""`[[plan.pdf]]`: a link to a file by its name, where no page has that name."""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

from wiki.access import Viewer
from wiki.files.queries import find_files_by_name
from wiki.files.urls import file_url
from wiki.naming import path_key

# As the sanitiser writes the place of a link whose target ends like a file's name.
_PLACE = re.compile(
    r'<a class="wikilink" href="wiki:((?:[^"#/]*/)*[^"#/]*\.[A-Za-z0-9]{1,12})(?:#([^"]*))?"'
)


def mentioned_files(html: str) -> set[str]:
    """Names that a rendered text links, of files as it seems, or of pages."""
    return {_name(found[1]) for found in _PLACE.finditer(html)}


def asked_files(html: str, found: Mapping[str, str]) -> set[str]:
    """Those of the names that no page has: `found` is where the links of `html` lead."""
    places = (place[1] for place in _PLACE.finditer(html))
    return {_name(target) for target in places if path_key(unquote(target)) not in found}


def with_file_links(
    viewer: Viewer, html: str, found: Mapping[str, str], page_id: int | None
) -> str:
    """`html` with its links to files by their names, where no page was found."""
    names = asked_files(html, found)
    files = find_files_by_name(viewer, names, page_id) if names else {}
    if not files:
        return html

    def filled(place: "re.Match[str]") -> str:
        file = files.get(_name(place[1]))
        if file is None or path_key(unquote(place[1])) in found:
            return place[0]
        fragment = f"#{place[2]}" if place[2] else ""
        return f'<a href="{escape(file_url(file) + fragment)}"'

    return _PLACE.sub(filled, html)


def _name(target: str) -> str:
    return unquote(target).rpartition("/")[2]
