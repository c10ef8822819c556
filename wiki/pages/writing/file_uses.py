"""The files that the current text of a page links or shows."""

import re
from collections.abc import Collection

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from wiki.files.models import FileMention, FileUse
from wiki.markup.slots import file_names, split

# The sanitizer writes exactly this, and escapes quotes everywhere else.
_USE = re.compile(r'(?:src|href)="/files/([0-9]{1,9})[/"]')


def used_files(html: str) -> set[int]:
    """The ids of the files that rendered HTML shows or links, whether or not they exist."""
    return {int(found) for found in _USE.findall(html)}


def mentioned_names(slotted: str) -> set[str]:
    """The names of files that rendered HTML shows or links by name only."""
    return file_names(split(slotted))


def store_uses(
    session: Session,
    page_id: int,
    ids: Collection[int],
    keys: Collection[str],
    *,
    is_first: bool = False,
) -> None:
    """Replace the recorded files of a page, by id and by the key of their name."""
    if not is_first:
        session.execute(delete(FileUse).where(FileUse.page_id == page_id))
        session.execute(delete(FileMention).where(FileMention.page_id == page_id))
    if ids:
        session.execute(insert(FileUse), [{"page_id": page_id, "file_id": id_} for id_ in ids])
    if keys:
        rows = [{"page_id": page_id, "name_key": key} for key in keys]
        session.execute(insert(FileMention), rows)
