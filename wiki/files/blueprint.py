"""The blueprint of files, and what its views share."""

from flask import Blueprint

from wiki.access.permissions import current_viewer
from wiki.files.errors import FileNotThere
from wiki.files.page_gateway import PageRef, page_gateway
from wiki.web.request_values import parse_number

files = Blueprint("files", __name__, url_prefix="/files")


def page_of(path: str) -> PageRef | None:
    """The page at `path` that has the files; `None` for the library, which has an empty path."""
    return page_gateway().page_at(current_viewer(), path) if path else None


def parse_field(value: str | None) -> int | None:
    """The id in a form field, `None` if it is empty. Raises `FileNotThere` if it is no number."""
    if not value:
        return None
    number = parse_number(value)
    if number is None:
        raise FileNotThere(value)
    return number
