"""Stores renderings of old revisions: one may take seconds, and anybody may request it."""

import hashlib
import json
import zlib
from contextlib import suppress
from dataclasses import asdict, replace
from time import monotonic

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wiki.access.anonymous_limits import charge
from wiki.app_state import AppState
from wiki.database import StorageUnavailable, db, insert_into, utcnow, write_transaction
from wiki.markup import RENDERER_VERSION, Rendered, render, source_instead
from wiki.markup.workers.ipc import rendered_from_json
from wiki.pages.models import OldRendering

MAX_STORED_BYTES = 32 * 1024 * 1024  # in the whole wiki, compressed; the oldest are deleted
MIN_SECONDS_STORED = 0.05  # spent on rendering; storing a quicker one doesn't pay
OLD_RETRY_SECONDS = 30.0  # until a process retries a rendering that it had no time for
_FAILED_ATTEMPTS = AppState[dict[str, float]]("failed_old_renderings", dict)


def render_old_revision(text: str, path: str) -> Rendered:
    """The rendering of `text`, an old revision of the page at `path`. Never raises.

    It is stored if it took long. A rendering for which there was no time is retried only after
    `OLD_RETRY_SECONDS`.
    """
    key = hashlib.sha256(f"{RENDERER_VERSION}\n{path}\n{text}".encode()).hexdigest()
    body = db.session.scalar(select(OldRendering.body).where(OldRendering.key == key))
    if body is not None and (stored := rendered_from_json(zlib.decompress(body))) is not None:
        return stored
    failed = _FAILED_ATTEMPTS.current()
    if monotonic() - failed.get(key, -OLD_RETRY_SECONDS) < OLD_RETRY_SECONDS:
        return source_instead(text, is_overloaded=True)
    began = monotonic()
    rendered = render(text, path=path, for_reader=True)
    charge(monotonic() - began)  # most of it in the process that renders
    if rendered.is_overloaded:
        _note_failure(failed, key)
    elif monotonic() - began > MIN_SECONDS_STORED:
        with suppress(StorageUnavailable):
            _store(key, rendered)
    return rendered


def _note_failure(failed: dict[str, float], key: str) -> None:
    now = monotonic()
    for other, at in list(failed.items()):
        if now - at >= OLD_RETRY_SECONDS:
            failed.pop(other, None)
    failed[key] = now


def _store(key: str, rendered: Rendered) -> None:
    # Without the parts that only search needs.
    slim = replace(rendered, sections=(), headings=(), code="", body="", plain="", tasks=())
    body = zlib.compress(json.dumps(asdict(slim)).encode())
    with write_transaction(lock_timeout=0) as session:
        row = {"key": key, "size": len(body), "kept_at": utcnow(), "body": body}
        session.execute(insert_into(session, OldRendering).values(**row).on_conflict_do_nothing())
        _drop_oldest(session)


def _drop_oldest(session: Session) -> None:
    total = session.scalar(select(func.sum(OldRendering.size))) or 0
    oldest = select(OldRendering.key, OldRendering.size).order_by(OldRendering.kept_at)
    gone: list[str] = []
    for key, size in session.execute(oldest) if total > MAX_STORED_BYTES else ():
        if total <= MAX_STORED_BYTES:
            break
        gone.append(key)
        total -= size
    session.execute(delete(OldRendering).where(OldRendering.key.in_(gone)))


def delete_old_renderings(session: Session) -> None:
    """Delete all of them during an erasure, since any may contain the erased text."""
    session.execute(delete(OldRendering))
