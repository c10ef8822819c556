"""The Git objects of a revision: commit, author, message and file."""

from dataclasses import replace
from typing import Any

from wiki.git.mirror.items import MirrorItem
from wiki.hub.markdown_file import file_of_path, write_markdown_page
from wiki.pages.writing.content import Content
from wiki.pages.writing.frontmatter import FieldsTooLong

# A reserved top-level domain (RFC 2606), so mail to it is never delivered.
DOMAIN = "users.noreply.nexus.invalid"
ERASED_TEXT = "This text was erased.\n"
_NOBODY = "Nexus"
# The 8.3 name of `.git` on Windows, which older programs take for it.
_SHORT_NAME = "git~1"


def commit_raw(item: MirrorItem, tree: bytes, parent: bytes | None) -> bytes:
    """The commit of an item, as Git stores it; the same item always has the same commit."""
    who = f"{_person(item.row)} {max(0, int(item.at.timestamp()))} +0000"
    lines = [f"tree {tree.hex()}"]
    if parent:
        lines.append(f"parent {parent.hex()}")
    lines += [f"author {who}", f"committer {who}", "", _message(item), ""]
    return "\n".join(lines).encode()


def _person(row: Any) -> str:
    outside = getattr(row, "author_name", None)
    name = row.username or outside or _NOBODY
    name = "".join(c for c in name if c not in "<>\n\0").strip(" .,:;\"'") or _NOBODY
    return f"{name} <{row.author_id or 0}@{DOMAIN}>"


def _message(item: MirrorItem) -> str:
    row = item.row
    if item.kind == "file":
        subject = f"{row.action.capitalize()} {row.name}"
        return f"{subject}\n\nNexus-File: {item.owner}\nNexus-Version: {row.number}"
    subject = row.summary or f"{row.action.capitalize()} {row.title}"
    return f"{subject}\n\nNexus-Page: {item.owner}\nNexus-Revision: {row.number}"


def page_name(path: str) -> str:
    """The file name of the page at `path`."""
    return "/".join(_safe(part) for part in file_of_path(path).split("/"))


def file_name(row: Any) -> str:
    """The path of a version of a file, as in an export."""
    name = row.name if not row.name.startswith(".") else f"_{row.name}"
    return f"files/{row.file_id}/{_safe(name)}"


def _safe(part: str) -> str:
    return f"_{part}" if part.lower() == _SHORT_NAME else part


def page_text(row: Any, text: str | None, name: str) -> bytes:
    """The content of the page’s file; `text` is `None` if it was erased."""
    content = Content(
        row.title,
        ERASED_TEXT if text is None else text,
        row.kind,
        tuple(row.tags),
        dict(row.fields),
    )
    try:
        return write_markdown_page(row.path, content, name).encode()
    except FieldsTooLong:
        return write_markdown_page(row.path, replace(content, fields={}), name).encode()
