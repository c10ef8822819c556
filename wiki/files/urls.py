"""The URLs of files, and how texts refer to files."""

from flask import request, url_for

from wiki.files.inspection.media_types import SVG
from wiki.files.inspection.thumbnails import thumbnail_widths
from wiki.files.queries import FileView


def file_url(file: FileView) -> str:
    """The URL of the file’s current content."""
    return url_for("files.content", file_id=file.id, name=file.name)


def fixed_file_url(file: FileView, width: int | None = None) -> str:
    """The permanent URL of this content; `width` (pixels) asks for a smaller picture."""
    return url_for("files.content", file_id=file.id, name=file.name, v=file.tag, width=width)


def file_srcset(file: FileView) -> str:
    """The `srcset` of a picture; empty if there is only one size."""
    if not file.width or file.media_type == SVG or file.is_animated:
        return ""
    widths = thumbnail_widths(file.width)
    return ", ".join(f"{fixed_file_url(file, width)} {width}w" for width in widths)


def file_link_target(file: FileView) -> str:
    """The file’s URL for use in texts: relative to the wiki’s root, with parentheses escaped."""
    address = file_url(file).removeprefix(request.script_root)
    return address.replace("(", "%28").replace(")", "%29")


def file_markdown(file: FileView) -> str:
    """The Markdown that shows a picture, or links any other file."""
    address = file_link_target(file)  # names contain no brackets
    return f"![{file.stem}]({address})" if file.is_picture else f"[{file.name}]({address})"
