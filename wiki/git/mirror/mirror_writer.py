"""Appends commits to a mirror, and merges its packs."""

import itertools
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select

from wiki.database import db, in_batches
from wiki.files.errors import ContentMissing
from wiki.files.models import ERASED_HASH
from wiki.files.storage.content_store import current_store
from wiki.git.mirror.commit_text import commit_raw, file_name, page_name, page_text
from wiki.git.mirror.items import MirrorItem
from wiki.git.mirror.mirror_state import MirroredItem, MirroredPack, MirrorState
from wiki.git.mirror.pack_reader import PackReader, open_packs
from wiki.git.mirror.pack_writer import BLOB, COMMIT, PackWriter
from wiki.git.mirror.working_tree import WorkingTree
from wiki.pages.models import Text
from wiki.pages.writing.text_store import decompress_text

log = logging.getLogger(__name__)

COMMITS_PER_PACK = 1_000
MAX_SMALL_PACKS = 8
LARGEST_MERGE = 5_000  # commits in packs that are merged

Planned = tuple[MirrorItem, datetime]
Written = tuple[list[MirroredItem], MirroredPack]


class MirrorWriter:
    """Builds on the mirror that `state` describes."""

    def __init__(self, folder: Path, state: MirrorState, *, until: int | None = None) -> None:
        self._folder = folder
        self._packs = folder / "objects" / "pack"
        self._tree = WorkingTree()
        self._names: dict[int, str] = {}  # of pages in the current tree
        self._taken: dict[str, int] = {}  # pages by casefolded names
        # Each file's page, name and blob; files of deleted pages are left out of the tree.
        self._files: dict[int, tuple[int | None, str, bytes]] = {}
        self._parent: bytes | None = None
        self._seq = 0
        for item in state.items():
            if until is not None and item.seq >= until:
                break
            self._replay(item)
        self._written: list[PackReader] = []

    def append(self, planned: Iterable[Planned]) -> Iterator[Written]:
        """Write packs with these items, which the caller then stores in the state."""
        iterator = iter(planned)
        while batch := list(itertools.islice(iterator, COMMITS_PER_PACK)):
            yield self.write_pack(batch)

    def write_pack(self, batch: Sequence[Planned]) -> Written:
        """Write one pack with all these items."""
        texts = _texts([item for item, _ in batch])
        pack = PackWriter(self._packs, self._is_known)
        try:
            rows = [self._commit(pack, item, latest, texts) for item, latest in batch]
            count, name = pack.count, pack.finish()
        except BaseException:
            pack.discard()
            raise
        self._written += open_packs(self._packs, iter([name]))
        return rows, MirroredPack(rows[0].seq, rows[-1].seq, name, count)

    @property
    def tip(self) -> bytes | None:
        """The parent of the next commit."""
        return self._parent

    def use(self, state: MirrorState, until: int | None = None) -> Self:
        """Open the existing packs up to the commit `until`; `close` closes them."""
        packs = state.packs()
        names = (pack.name for pack in packs if until is None or pack.last < until)
        self._written = open_packs(self._packs, names)
        return self

    def close(self) -> None:
        for pack in self._written:
            pack.close()
        self._written = []

    def _is_known(self, id_: bytes) -> bool:
        return any(id_ in pack for pack in self._written)

    def _commit(
        self, pack: PackWriter, item: MirrorItem, latest: datetime, texts: dict[str, str | None]
    ) -> MirroredItem:
        name, blob = self._file_of(pack, item, texts)
        self._place(item.kind, item.owner, item.page, name, blob)
        tree = self._tree.write(pack)
        self._parent = pack.add(COMMIT, commit_raw(item, tree, self._parent))
        self._seq += 1
        return MirroredItem(
            self._seq,
            item.kind,
            item.id,
            item.owner,
            item.page,
            latest.isoformat(),
            item.fingerprint,
            name,
            blob,
            self._parent,
        )

    def _file_of(
        self, pack: PackWriter, item: MirrorItem, texts: dict[str, str | None]
    ) -> tuple[str | None, bytes | None]:
        row = item.row
        if row.action == "delete":
            return None, None
        if item.kind == "file":
            content = _content(row.content_hash)
            if content is None:
                return None, None
            return file_name(row), pack.add(BLOB, content)
        name = self._free(page_name(row.path), item.owner)
        raw = page_text(row, texts.get(row.text_hash), name)
        return name, pack.add(BLOB, raw, (BLOB, item.owner))

    def _free(self, name: str, page: int) -> str:
        """`name`, or a similar one that no other page has on a case-insensitive disk."""
        stem, number = name.removesuffix(".md"), 1
        while self._taken.get(name.casefold(), page) != page:
            number += 1
            name = f"{stem}-{number}.md"
        return name

    def _replay(self, item: MirroredItem) -> None:
        self._place(item.kind, item.owner, item.page, item.name, item.blob)
        self._seq, self._parent = item.seq, item.commit

    def _place(
        self, kind: str, owner: int, page: int | None, name: str | None, blob: bytes | None
    ) -> None:
        if kind == "file":
            self._place_file(owner, page, name, blob)
            return
        was = self._names.pop(owner, None)
        if was is not None and was != name:
            self._tree.remove(was)
            self._taken.pop(was.casefold(), None)
        if name is not None and blob is not None:
            self._names[owner] = name
            self._taken[name.casefold()] = owner
            self._tree.put(name, blob)
        if (was is None) != (name is None):
            for of, place, content in list(self._files.values()):
                if of == owner:
                    self._tree.put(place, content) if name else self._tree.remove(place)

    def _place_file(
        self, file: int, page: int | None, name: str | None, blob: bytes | None
    ) -> None:
        was = self._files.pop(file, None)
        if was is not None and was[1] != name:
            self._tree.remove(was[1])
        if name is not None and blob is not None:
            self._files[file] = (page, name, blob)
            if page is None or page in self._names:
                self._tree.put(name, blob)


def first_pack_to_merge(packs: Sequence[MirroredPack]) -> int | None:
    """The first commit of the packs to merge; `None` if there are few enough.

    As with the segments of a search index, packs of similar size are merged, so that each commit
    is rewritten only a few times.
    """
    small = [pack for pack in packs if pack.last - pack.first < LARGEST_MERGE // 2]
    if len(small) <= MAX_SMALL_PACKS:
        return None
    first, size = None, 0
    for pack in reversed(packs):
        length = pack.last - pack.first + 1
        if size and (length > 2 * size or size + length > LARGEST_MERGE):
            break
        first, size = (pack.first if size else None), size + length
    return first


def write_ref(folder: Path, commit: bytes | None) -> None:
    """Make `commit` the newest one of the branch for programs that read the repository from
    disk.
    """
    ref = folder / "refs" / "heads" / "main"
    if commit is None:
        ref.unlink(missing_ok=True)
        return
    draft = ref.with_suffix(".lock")
    draft.write_text(f"{commit.hex()}\n")
    os.replace(draft, ref)


def _texts(items: Sequence[MirrorItem]) -> dict[str, str | None]:
    """Texts by hash; erased ones are missing."""
    hashes = {item.row.text_hash for item in items if item.kind == "revision"}
    query = select(Text.hash, Text.body, Text.is_compressed).where(Text.erased_at.is_(None))
    return {
        row.hash: decompress_text(row.body, row.is_compressed)
        for some in in_batches(hashes)
        for row in db.session.execute(query.where(Text.hash.in_(some)))
    }


def _content(hash_: str) -> bytes | None:
    """A file’s content; `None` if it was erased or is missing. Raises `StoreUnavailable`."""
    if hash_ == ERASED_HASH:
        return None
    try:
        with current_store().open(hash_) as stream:
            return bytes(stream.read())
    except ContentMissing:
        log.warning("a mirror of Git leaves out the content %s, which is missing", hash_)
        return None
