"""Answers clones and fetches from the packs of a mirror, mostly by copying.

The history of a mirror is linear, and its packs hold the objects in that order. A clone is
therefore the concatenation of all packs, and a fetch is everything after the client’s newest
commit.
"""

import hashlib
import os
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO

from wiki.git.mirror.mirror_state import MirroredItem, MirroredPack, MirrorState
from wiki.git.mirror.mirror_updater import CACHE, is_current
from wiki.git.mirror.pack_reader import PackReader, pack_with
from wiki.git.mirror.pack_writer import (
    HASH_CHUNK,
    HEADER,
    HEADER_SIZE,
    TRAILER_SIZE,
    entry_header,
)
from wiki.git.serving.access import MirrorNotReady
from wiki.git.serving.pack_tail import PackTail
from wiki.git.serving.pkt_lines import DATA, FLUSH, LONGEST, pkt_line, side_band
from wiki.git.serving.tree_walk import objects_of_commits
from wiki.git.serving.upload_request import UploadRequest

UPLOAD_CAPABILITIES = (
    b"multi_ack_detailed no-done side-band-64k thin-pack ofs-delta shallow no-progress include-tag "
    b"symref=HEAD:refs/heads/main object-format=sha1 agent=nexus"
)
ZERO_ID = b"0" * 40
CACHED_DEPTHS = (1, 10, 100)  # depths of shallow clones; for more, whole packs are sent
MAX_COPIED_OBJECTS = 10_000  # objects; for more, whole packs are sent


def advertise(state: MirrorState, service: str, capabilities: bytes) -> bytes:
    """The response to `info/refs`: the branch and the server’s capabilities."""
    last = state.last()
    lines = [pkt_line(b"# service=%s\n" % service.encode()), FLUSH]
    if last is None:
        lines.append(pkt_line(ZERO_ID + b" capabilities^{}\0" + capabilities + b"\n"))
    else:
        tip = last.commit.hex().encode()
        names = [b"HEAD", b"refs/heads/main"] if "upload" in service else [b"refs/heads/main"]
        lines.append(pkt_line(tip + b" " + names[0] + b"\0" + capabilities + b"\n"))
        lines += [pkt_line(tip + b" " + name + b"\n") for name in names[1:]]
    return b"".join([*lines, FLUSH])


def pack_response(folder: Path, state: MirrorState, request: UploadRequest) -> Iterator[bytes]:
    """The response to `git-upload-pack`. All files are opened before this returns.

    Raises `MirrorNotReady` if a wanted commit no longer exists.
    """
    last = state.last()
    if last is None or any(state.of_commit(want) is None for want in request.wants):
        raise MirrorNotReady
    head, is_ready, common = _negotiate(state, request, last)
    if not is_ready:
        return iter(head)
    pack = _pack(folder, state, request, common, last)
    if b"side-band-64k" in request.capabilities:
        pack = side_band(DATA, pack)
        return _then([*head], pack, FLUSH)
    return _then([*head], pack, b"")


def _then(head: list[bytes], pack: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    yield b"".join(head)
    yield from pack
    yield end


def _negotiate(
    state: MirrorState, request: UploadRequest, last: MirroredItem
) -> tuple[list[bytes], bool, MirroredItem | None]:
    """The lines before the pack, whether a pack follows, and the newest common commit."""
    lines: list[bytes] = []
    if request.depth is not None:
        lines += [*_shallow_lines(state, request, last), FLUSH]
    if request.is_about_depth:
        return lines, False, None
    known = [item for have in request.haves if (item := state.of_commit(have))]
    common = max(known, key=lambda item: item.seq, default=None)
    is_detailed = b"multi_ack_detailed" in request.capabilities
    if request.is_done:
        lines.append(_ack(common) if common else pkt_line(b"NAK\n"))
        return lines, True, common
    if is_detailed and common:
        lines += [_ack(item, b" common") for item in known]
        lines.append(_ack(common, b" ready"))
    lines.append(pkt_line(b"NAK\n"))
    if is_detailed and common and b"no-done" in request.capabilities:
        lines.append(_ack(common))
        return lines, True, common
    return lines, False, common


def _ack(item: MirroredItem, what: bytes = b"") -> bytes:
    return pkt_line(b"ACK %s%s\n" % (item.commit.hex().encode(), what))


def _first_of(request: UploadRequest, last: MirroredItem) -> int:
    """The oldest commit that a clone of this depth contains."""
    return max(1, last.seq - (request.depth or last.seq) + 1)


def _shallow_lines(
    state: MirrorState, request: UploadRequest, last: MirroredItem
) -> Iterator[bytes]:
    first = _first_of(request, last)
    end = state.commits(first)[0] if first > 1 else None
    if end is not None and end not in request.shallow:
        yield pkt_line(b"shallow " + end.hex().encode())
    for commit in request.shallow:
        item = state.of_commit(commit)
        if item is not None and item.seq > first:
            yield pkt_line(b"unshallow " + commit.hex().encode())


def _pack(
    folder: Path,
    state: MirrorState,
    request: UploadRequest,
    common: MirroredItem | None,
    last: MirroredItem,
) -> Iterator[bytes]:
    packs = state.packs()
    first = _first_of(request, last) if request.depth is not None else 1
    if request.depth is not None and first > 1:
        return _of_depth(folder, state, packs, last, last.seq - first + 1)
    if request.depth is not None or common is None:
        return _whole(folder, packs)
    newer = [pack for pack in packs if pack.last > common.seq]
    if any(state.of_commit(commit) for commit in request.shallow):
        if last.seq - common.seq > CACHED_DEPTHS[-1]:
            return _whole(folder, packs)
        return _objects(folder, packs, _ids_of(folder, packs, state.commits(common.seq + 1)))
    if not request.capabilities >= {b"thin-pack", b"ofs-delta"}:
        return _whole(folder, newer)
    tails = [PackTail(_path(folder, pack), common.commit) for pack in newer]
    if all(tail.is_readable for tail in tails) and sum(map(len, tails)) <= MAX_COPIED_OBJECTS:
        return _hashed(_joined(tails))
    for tail in tails:
        tail.close()
    return _whole(folder, newer)


def _path(folder: Path, pack: MirroredPack) -> Path:
    return folder / "objects" / "pack" / pack.name


def _opened(folder: Path, packs: Sequence[MirroredPack]) -> list[PackReader]:
    return [PackReader(_path(folder, pack)) for pack in packs]


def _whole(folder: Path, packs: Sequence[MirroredPack]) -> Iterator[bytes]:
    """One pack with all objects of these packs, copied as they are: deltas stay within each
    pack.
    """
    files = [_path(folder, pack).with_suffix(".pack").open("rb") for pack in packs]
    count = sum(pack.objects for pack in packs)
    return _hashed(_copied(files, count))


def _copied(files: Sequence[IO[bytes]], count: int) -> Iterator[bytes]:
    yield HEADER + count.to_bytes(4, "big")
    with ExitStack() as stack:
        for file in files:
            stack.enter_context(file)
        for file in files:
            left = os.fstat(file.fileno()).st_size - HEADER_SIZE - TRAILER_SIZE
            file.seek(HEADER_SIZE)
            while left > 0 and (chunk := file.read(min(left, HASH_CHUNK))):
                left -= len(chunk)
                yield chunk


def _hashed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A pack with its checksum, in chunks that fill packet lines, to save system calls."""
    digest = hashlib.sha1(usedforsecurity=False)
    block = bytearray()
    for chunk in chunks:
        digest.update(chunk)
        block += chunk
        if len(block) >= LONGEST:
            end = len(block) - len(block) % LONGEST
            yield bytes(block[:end])
            del block[:end]
    yield bytes(block) + digest.digest()


def _joined(tails: Sequence[PackTail]) -> Iterator[bytes]:
    """The tails of several packs as one."""
    yield HEADER + sum(map(len, tails)).to_bytes(4, "big")
    at = HEADER_SIZE
    with ExitStack() as stack:
        for tail in tails:
            stack.callback(tail.close)
        for tail in tails:
            for chunk in tail.copied(at):
                at += len(chunk)
                yield chunk


def _ids_of(folder: Path, packs: Sequence[MirroredPack], commits: Sequence[bytes]) -> list[bytes]:
    """All objects that belong to these commits."""
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(reader)) for reader in _opened(folder, packs)]
        return [*objects_of_commits(readers, commits)]


def _objects(folder: Path, packs: Sequence[MirroredPack], ids: Sequence[bytes]) -> Iterator[bytes]:
    """A pack with these objects, without deltas."""
    return _hashed(_written(_opened(folder, packs), ids))


def _written(packs: list[PackReader], ids: Sequence[bytes]) -> Iterator[bytes]:
    yield HEADER + len(ids).to_bytes(4, "big")
    with ExitStack() as stack:
        for pack in packs:
            stack.callback(pack.close)
        for id_ in ids:
            kind, raw = pack_with(packs, id_).read(id_)
            yield entry_header(kind, len(raw)) + zlib.compress(raw)


def _of_depth(
    folder: Path, state: MirrorState, packs: Sequence[MirroredPack], last: MirroredItem, depth: int
) -> Iterator[bytes]:
    """The pack of a shallow clone.

    Packs are made for a few depths only; a request gets the next larger one, which is cached
    until there is a newer commit. Raises `MirrorNotReady` if it may hold something erased.
    """
    rounded = next((each for each in CACHED_DEPTHS if each >= depth), None)
    if rounded is None or rounded >= last.seq:
        return _whole(folder, packs)
    file = folder / CACHE / f"{last.commit.hex()}-{rounded}.pack"
    if not file.exists():
        ids = _ids_of(folder, packs, state.commits(last.seq - rounded + 1))
        _keep(file, _objects(folder, packs, ids), last)
        if state.last() != last or not is_current(state):
            file.unlink(missing_ok=True)
            raise MirrorNotReady
    return _file_in_chunks(file.open("rb"))


def _keep(file: Path, chunks: Iterator[bytes], last: MirroredItem) -> None:
    """Write a file into the cache in place of those for older commits."""
    cache = file.parent
    cache.mkdir(exist_ok=True)
    for old in cache.iterdir():
        if not old.name.startswith(last.commit.hex()):
            old.unlink(missing_ok=True)
    draft = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        with draft.open("wb") as made:
            made.writelines(chunks)
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _file_in_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(HASH_CHUNK):
            yield chunk
