"""Keeps the mirrors up to date: a job of the notifier that follows the outbox.

New revisions are appended. After an event that may change history (a changed rule, an erasure, a
deleted or renamed page, a file), all commits are compared with the database, and the mirror is
rewritten from the first difference on. It is therefore always identical to a mirror made from
scratch.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from wiki.access.rulebook import rulebook
from wiki.app_state import AppState, current_settings
from wiki.database import db
from wiki.git.mirror.audiences import MEMBERS, PUBLIC, Audience, audiences
from wiki.git.mirror.items import MirrorProgress, items_after
from wiki.git.mirror.mirror_state import MirrorState, OutboxProgress, open_state
from wiki.git.mirror.mirror_writer import MirrorWriter, first_pack_to_merge, write_ref
from wiki.processes.lock import acquire
from wiki.search import outbox
from wiki.search.outbox import OutboxEvent
from wiki.search.position import Position

EVENTS_AT_ONCE = 5_000
COMPARED_EVERY = 3_600.0  # seconds at most; finds changes without an event
PAUSED_WITHIN = 60.0  # seconds to wait for an update that is running
CACHE = "nexus-cache"  # the folder of cached responses
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_DESCRIPTION = "Made by Nexus from its database. What is changed here is lost: don't run git gc.\n"

log = logging.getLogger(__name__)
_WRITERS = AppState[dict[Path, MirrorWriter]]("git_mirror_writers", dict)


def update_mirrors() -> None:
    """Update every mirror unless another process is doing so, and delete those not needed any
    more.
    """
    wanted = audiences() if current_settings().git else []
    for audience in wanted:
        update_mirror(audience)
    for audience in (PUBLIC, MEMBERS):
        if audience not in wanted:
            shutil.rmtree(audience.folder, ignore_errors=True)


def update_mirror(audience: Audience) -> None:
    folder = audience.folder
    _make_folder(folder)
    with _locked(folder) as is_mine:
        if is_mine:
            with open_state(folder) as state:
                _update(audience, state)


def is_current(state: MirrorState) -> bool:
    """Whether the mirror holds nothing that was hidden or erased since it was updated."""
    followed = state.outbox_progress()
    if not followed.is_complete or followed.access_version != rulebook().version:
        return False
    if not 0 <= time.time() - followed.compared_at < 2 * COMPARED_EVERY:
        return False  # unread entries of the outbox may have been pruned
    session, position = db.session(), followed.position
    return not (
        outbox.is_ahead(session, position) or outbox.is_past_changed_since(session, position)
    )


@contextmanager
def updates_paused() -> Iterator[None]:
    """Stops updates for as long as an import runs, so that it is mirrored in one go."""
    with ExitStack() as locks:
        for audience in audiences() if current_settings().git else ():
            _make_folder(audience.folder)
            if not locks.enter_context(_locked(audience.folder, PAUSED_WITHIN)):
                log.warning("The mirror at %s is being changed, and isn’t paused", audience.folder)
        yield


def _update(audience: Audience, state: MirrorState) -> None:
    session = db.session()
    session.rollback()  # a new database snapshot
    _cut_where_a_pack_is_missing(audience, state)
    was = state.outbox_progress()
    position, events = _read_events(was)
    version = rulebook().version
    is_same_version = version == was.access_version
    is_due = not 0 <= time.time() - was.compared_at < COMPARED_EVERY
    must_compare = (
        is_due
        or position.number < was.number  # the database was restored
        or not (was.is_complete and is_same_version)
        or _may_change_history(state, events)
    )
    if not must_compare and not events:
        return
    compared_at = time.time() if must_compare else was.compared_at
    if must_compare:
        _cut_where_it_differs(audience, state)
    _append(audience, state)
    with state.change():
        state.set_outbox_progress(OutboxProgress(*position, version, compared_at, is_complete=True))
    last = state.last()
    write_ref(audience.folder, last.commit if last else None)
    _merge(audience, state)
    _tidy(audience.folder, state)
    session.rollback()


def _read_events(was: OutboxProgress) -> tuple[Position, list[OutboxEvent]]:
    """All events since the last update, and the position up to which they were read."""
    session, position = db.session(), was.position
    if outbox.is_ahead(session, position):  # the database was restored
        position = Position()
    events: list[OutboxEvent] = []
    while some := outbox.pending_events(session, position, EVENTS_AT_ONCE):
        events += some
        position = some[-1].position
    return position, events


def _may_change_history(state: MirrorState, events: list[OutboxEvent]) -> bool:
    """Whether one of the events does more than append a revision."""
    revisions = [event.revision_id for event in events if event.event in outbox.INDEXED]
    if None in revisions:
        return True
    # Committed after a newer one was mirrored (possible on PostgreSQL), or hidden.
    reached = state.reached().revision if revisions else 0
    return any(id_ <= reached and not state.has_revision(id_) for id_ in filter(None, revisions))


def _cut_where_it_differs(audience: Audience, state: MirrorState) -> None:
    planned = items_after(audience.viewer(), MirrorProgress())
    for there in list(state.items()):
        item, _ = next(planned, (None, None))
        if item is None or (item.kind, item.fingerprint) != (there.kind, there.fingerprint):
            _cut(audience, state, there.seq)
            return


def _cut_where_a_pack_is_missing(audience: Audience, state: MirrorState) -> None:
    """Recover from packs that were deleted, or lost in a power failure."""
    folder = audience.folder / "objects" / "pack"
    for pack in state.packs():
        if not all((folder / f"{pack.name}.{end}").exists() for end in ("pack", "idx")):
            log.warning("%s lacks %s, and is made again from there", folder, pack.name)
            _cut(audience, state, pack.first)
            return


def _cut(audience: Audience, state: MirrorState, seq: int) -> None:
    """Remove a commit and everything after it, with the packs that hold them."""
    first = next((pack.first for pack in state.packs() if pack.first <= seq <= pack.last), seq)
    with state.change():
        state.cut(first)
        state.set_outbox_progress(replace(state.outbox_progress(), is_complete=False))
    last = state.last()
    write_ref(audience.folder, last.commit if last else None)
    shutil.rmtree(audience.folder / CACHE, ignore_errors=True)
    _tidy(audience.folder, state)


def _writer(audience: Audience, state: MirrorState) -> MirrorWriter:
    """The writer used last time, if it is still valid."""
    writers, last = _WRITERS.current(), state.last()
    writer = writers.get(audience.folder)
    if writer is None or writer.tip != (last.commit if last else None):
        writer = writers[audience.folder] = MirrorWriter(audience.folder, state)
    return writer.use(state)


def _append(audience: Audience, state: MirrorState) -> None:
    end = outbox.first_pending_revision(db.session())
    planned = items_after(audience.viewer(), state.reached(), end)
    with closing(_writer(audience, state)) as writer:
        try:
            for rows, pack in writer.append(planned):
                with state.change():
                    state.add(rows, pack)
        except BaseException:
            _WRITERS.current().pop(audience.folder)  # its memory may be ahead of the stored state
            raise


def _merge(audience: Audience, state: MirrorState) -> None:
    """Merge small packs by writing their commits again."""
    first = first_pack_to_merge(state.packs())
    if first is None:
        return
    there = list(state.items(first))
    planned = list(islice(items_after(audience.viewer(), state.reached(first)), len(there)))
    writer = MirrorWriter(audience.folder, state, until=first)
    with closing(writer.use(state, first)):
        rows, pack = writer.write_pack(planned)
    if rows[-1].commit != there[-1].commit:
        return  # the database has changed; the next comparison finds where
    with state.change():
        state.replace_packs(pack)


def _tidy(folder: Path, state: MirrorState) -> None:
    """Delete packs that the state doesn’t list, so that nothing erased remains."""
    named = {pack.name for pack in state.packs()}
    for file in (folder / "objects" / "pack").iterdir():
        if file.stem not in named:
            file.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    if (folder / "HEAD").exists():
        return
    for part in ("objects/pack", "objects/info", "refs/heads", "refs/tags"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "config").write_text(_CONFIG)
    (folder / "description").write_text(_DESCRIPTION)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")


@contextmanager
def _locked(folder: Path, timeout: float = 0.0) -> Iterator[bool]:
    lock = acquire(folder / "nexus.lock", timeout)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()
