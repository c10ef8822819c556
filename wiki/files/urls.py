"""The addresses of files, and how texts refer to them."""

from flask import request, url_for

from wiki.files.inspection.media_types import SVG
from wiki.files.inspection.thumbnails import thumbnail_widths
from wiki.files.queries import FileView


def file_url(file: FileView) -> str:
    """Where the file's current content is, whatever it will be."""
    return url_for("files.content", file_id=file.id, name=file.name)


def fixed_file_url(file: FileView, width: int | None = None) -> str:
    """Where this content of the file is for good; `width` asks for a smaller picture."""
    return url_for("files.content", file_id=file.id, name=file.name, v=file.tag, width=width)


def file_srcset(file: FileView) -> str:
    """The sizes of a picture for a browser to choose from; empty where there is but one."""
    if not file.width or file.media_type == SVG or file.is_animated:
        return ""
    widths = thumbnail_widths(file.width)
    return ", ".join(f"{fixed_file_url(file, width)} {width}w" for width in widths)


def file_link_target(file: FileView) -> str:
    """The file's address as a text has it: in the wiki, wherever that is.

    A parenthesis would end it there.
    """
    address = file_url(file).removeprefix(request.script_root)
    return address.replace("(", "%28").replace(")", "%29")


def file_markdown(file: FileView) -> str:
    """What shows a picture in a text, or links any other file."""
    address = file_link_target(file)  # names hold no brackets
    return f"![{file.stem}]({address})" if file.is_picture else f"[{file.name}]({address})"
