"""Reads files; every function that takes a viewer checks their permissions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    exists,
    func,
    select,
    union_all,
)

from wiki.access.permissions import Viewer, can_administer, can_edit, can_write_at, may_bring_back
from wiki.accounts.models import User
from wiki.database import db, in_batches
from wiki.files.errors import FileNotThere
from wiki.files.inspection.media_types import FAMILIES, MEDIA_TYPES, Family, extension_of, family_of
from wiki.files.models import (
    ERASED_HASH,
    PROPOSED,
    File,
    FileContent,
    FileUse,
    FileVariant,
    FileVersion,
)
from wiki.files.names import filename_key, filename_stem
from wiki.files.page_gateway import may_edit_files_of, page_gateway, visible_file

TAG_LENGTH = 16  # hex digits of a content's hash in its URL; 64 bits suffice within one file


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as lists and its own page show it, with its current content.

    `width` and `height` are in pixels, for pictures only; `size` is in bytes.
    """

    id: int
    name: str
    page_id: int | None
    version_count: int
    updated_at: datetime
    content_hash: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    is_animated: bool

    @property
    def family(self) -> Family:
        """The family of its media type: a picture, a text …"""
        return family_of(self.media_type)

    @property
    def is_picture(self) -> bool:
        """Whether pages can show it as an image."""
        return self.family == "picture"

    @property
    def tag(self) -> str:
        """Identifies the content in a permanent URL."""
        return self.content_hash[:TAG_LENGTH]

    @property
    def ending(self) -> str:
        """Its extension, as from `extension_of`."""
        return extension_of(self.name)

    @property
    def stem(self) -> str:
        """The name without its extension."""
        return filename_stem(self.name)


@dataclass(frozen=True, slots=True)
class FileVersionView:
    """A change of a file, and the state of the file afterwards."""

    number: int
    action: str
    name: str
    content_hash: str
    media_type: str
    size: int
    author: str | None
    created_at: datetime

    @property
    def tag(self) -> str:
        """Identifies the content in a permanent URL."""
        return self.content_hash[:TAG_LENGTH]

    @property
    def is_erased(self) -> bool:
        """Whether its content was erased."""
        return self.content_hash == ERASED_HASH


@dataclass(frozen=True, slots=True)
class ServedContent:
    """A content to deliver; its bytes are in the store under `hash`."""

    name: str
    hash: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class FileFilter:
    """The filter of a list of files; empty fields match everything."""

    words: str = ""
    family: str = ""
    page_id: int | None = None


def get_file(viewer: Viewer, file_id: int) -> FileView:
    """The file with this id. Raises `FileNotThere`."""
    row = db.session.execute(_views().where(File.id == file_id, visible_file(viewer))).first()
    if row is None:
        raise FileNotThere(file_id)
    return FileView(**row._asdict())


def files_by_id(viewer: Viewer, ids: Iterable[int]) -> dict[int, FileView]:
    """The files with these ids that the viewer may see."""
    found: dict[int, FileView] = {}
    for some in in_batches(ids):
        rows = db.session.execute(_views().where(File.id.in_(some), visible_file(viewer)))
        found |= {row.id: FileView(**row._asdict()) for row in rows}
    return found


def files_after(viewer: Viewer, file_id: int, limit: int) -> list[FileView]:
    """The next files by id that the viewer may see."""
    query = _views().where(File.id > file_id, visible_file(viewer)).order_by(None)
    rows = db.session.execute(query.order_by(File.id).limit(limit))
    return [FileView(**row._asdict()) for row in rows]


def has_files(page_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """A condition for queries on pages: `file_texts_by_page` may return files for the page."""
    own = exists().where(File.page_id == page_id, File.deleted_at.is_(None))
    return own | exists().where(FileUse.page_id == page_id)


def file_texts_by_page(page_ids: Sequence[int], limit: int) -> dict[int, list[tuple[str, str]]]:
    """`(name, text)` of the files of each page, with at most `limit` characters of each text.

    Files of the library count for pages that link or show them, if all editors of these may see
    them. Takes no viewer: whoever may see the page may see them.
    """
    if not page_ids:
        return {}
    shown = (File.name, func.substr(FileContent.text, 1, limit), File.id)
    is_content = FileContent.hash == File.content_hash
    own = select(File.page_id, *shown).join(FileContent, is_content)
    used = (
        select(FileUse.page_id, *shown)
        .join(File, File.id == FileUse.file_id)
        .join(FileContent, is_content)
    )
    rows = db.session.execute(
        union_all(
            own.where(File.page_id.in_(page_ids), File.deleted_at.is_(None)),
            used.where(
                FileUse.page_id.in_(page_ids),
                File.page_id.is_(None),
                File.deleted_at.is_(None),
                page_gateway().exposes_library(FileUse.page_id),
            ),
        ).order_by("id")
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for page_id, name, text, _id in rows:
        found.setdefault(page_id, []).append((name, text))
    return found


def get_deleted_file(viewer: Viewer, file_id: int) -> File:
    """A deleted file that the viewer may restore. Raises `FileNotThere`."""
    file: File | None = db.session.scalar(
        select(File).where(File.id == file_id, File.content_hash != ERASED_HASH)
    )
    if file is None or not may_bring_back(viewer, file):
        raise FileNotThere(file_id)
    if not may_edit_files_of(viewer, file.page_id):
        raise FileNotThere(file_id)
    return file


def list_deleted_files(viewer: Viewer, limit: int) -> list[File]:
    """The deleted files that the viewer may restore, last deleted first."""
    is_there = (File.deleted_at.is_not(None), File.content_hash != ERASED_HASH)
    query = select(File).where(*is_there).order_by(File.deleted_at.desc(), File.id.desc())
    if not can_administer(viewer):
        query = query.where(File.deleted_by_id == viewer.user_id)
    found: list[File] = []
    start = 0
    while len(found) < limit:
        # Whether they may edit the page of a file is only known once it is read.
        batch = db.session.scalars(query.offset(start).limit(limit)).all()
        found += _restorable(viewer, batch)
        start += limit
        if len(batch) < limit:
            break
    return found[:limit]


def _restorable(viewer: Viewer, files: Sequence[File]) -> list[File]:
    known = page_gateway().visible_pages(viewer, [file.page_id for file in files])
    homes: set[int | None] = {page.id for page in known.values() if can_edit(viewer, page)}
    if can_write_at(viewer, ""):
        homes.add(None)
    return [file for file in files if may_bring_back(viewer, file) and file.page_id in homes]


def versions_of(viewer: Viewer, file_id: int) -> list[FileVersionView]:
    """Every change of the file, newest first."""
    rows = db.session.execute(
        select(
            FileVersion.number,
            FileVersion.action,
            FileVersion.name,
            FileVersion.content_hash,
            FileContent.media_type,
            FileContent.size,
            User.username.label("author"),
            FileVersion.created_at,
        )
        .join(FileContent, FileContent.hash == FileVersion.content_hash)
        .join(File, File.id == FileVersion.file_id)
        .outerjoin(User, User.id == FileVersion.author_id)
        .where(FileVersion.file_id == file_id, visible_file(viewer))
        .order_by(FileVersion.number.desc())
    )
    return [FileVersionView(**row._asdict()) for row in rows]


def content_at(viewer: Viewer, file_id: int, tag: str = "") -> ServedContent:
    """The file’s current content, or the one with a hash that begins with `tag`.

    Raises `FileNotThere`.
    """
    query = select(File.name, FileContent.hash, FileContent.media_type, FileContent.size)
    if tag:
        query = (
            query.join(FileVersion, FileVersion.file_id == File.id)
            .join(FileContent, FileContent.hash == FileVersion.content_hash)
            .where(
                FileContent.hash.startswith(tag, autoescape=True), FileContent.hash != ERASED_HASH
            )
            .order_by(FileVersion.number.desc())
        )
    else:
        query = query.join(FileContent, FileContent.hash == File.content_hash)
    row = db.session.execute(query.where(File.id == file_id, visible_file(viewer))).first()
    if row is None:
        raise FileNotThere(file_id)
    return ServedContent(**row._asdict())


def smaller_picture(served: ServedContent, width: int, media_types: Iterable[str]) -> ServedContent:
    """The smallest variant that is at least `width` pixels wide, in one of these formats.

    The content itself if there is none.
    """
    row = db.session.execute(
        select(FileVariant.hash, FileVariant.media_type, FileVariant.size)
        .where(
            FileVariant.of_hash == served.hash,
            FileVariant.width >= width,
            FileVariant.media_type.in_(list(media_types)),
        )
        .order_by(FileVariant.width, FileVariant.size)
        .limit(1)
    ).first()
    return served if row is None else ServedContent(served.name, row.hash, row.media_type, row.size)


def count_files(viewer: Viewer, filter_: FileFilter) -> int:
    """The length of the whole list of `list_files` with this filter."""
    query = select(func.count()).select_from(File)
    if filter_.family:
        query = query.join(FileContent, FileContent.hash == File.content_hash)
    return db.session.scalar(query.where(_matches(viewer, filter_))) or 0


def list_files(viewer: Viewer, filter_: FileFilter, *, offset: int, limit: int) -> list[FileView]:
    """Files that match the filter, last changed first."""
    rows = db.session.execute(
        _views()
        .where(_matches(viewer, filter_))
        .order_by(File.updated_at.desc(), File.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [FileView(**row._asdict()) for row in rows]


def _matches(viewer: Viewer, filter_: FileFilter) -> ColumnElement[bool]:
    conditions = [visible_file(viewer)]
    conditions += [
        File.name_key.contains(filename_key(word), autoescape=True)
        for word in filter_.words.split()
    ]
    if filter_.family in FAMILIES:
        names = [each.name for each in MEDIA_TYPES.values() if each.family == filter_.family]
        conditions.append(FileContent.media_type.in_(names))
    if filter_.page_id is not None:
        conditions.append(File.page_id == filter_.page_id)
    return and_(*conditions)


def find_files_by_name(
    viewer: Viewer, names: Iterable[str], page_id: int | None = None
) -> dict[str, FileView]:
    """The files to which `names` refer on a page, by name as given.

    Files of the page take precedence, then files of the library, then files that once had the name;
    of several with one name, the last changed. Unknown names are left out.
    """
    keys = {name: filename_key(name) for name in names}
    found = _find(viewer, set(keys.values()), page_id)
    if former := set(keys.values()) - found.keys():
        found |= _find(viewer, former, page_id, is_former=True)
    return {name: found[key] for name, key in keys.items() if key in found}


def _find(
    viewer: Viewer, keys: Iterable[str], page_id: int | None, *, is_former: bool = False
) -> dict[str, FileView]:
    key = FileVersion.name_key if is_former else File.name_key
    query = _views().add_columns(key.label("key"))
    if is_former:
        query = query.join(FileVersion, FileVersion.file_id == File.id)
        query = query.where(FileVersion.action != PROPOSED)
    is_near: ColumnElement[bool] = File.page_id.is_(None)
    if page_id is not None:
        is_near = is_near | (File.page_id == page_id)
    found: dict[str, FileView] = {}
    for some in in_batches(keys):
        rows = db.session.execute(
            query.where(key.in_(some), is_near, visible_file(viewer)).order_by(
                File.page_id.is_(None).desc(), File.updated_at, File.id
            )
        )
        # Later rows win: files of the page over the library, newer ones over older ones.
        for row in rows:
            values = row._asdict()
            found_key = values.pop("key")
            found[found_key] = FileView(**values)
    return found


def _views() -> "Select[*tuple[Any, ...]]":
    return select(
        File.id,
        File.name,
        File.page_id,
        File.version_count,
        File.updated_at,
        File.content_hash,
        FileContent.media_type,
        FileContent.size,
        FileContent.width,
        FileContent.height,
        FileContent.is_animated,
    ).join(FileContent, FileContent.hash == File.content_hash)
