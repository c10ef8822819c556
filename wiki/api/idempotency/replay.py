"""Answers a repeated request with the stored response.

Source: J. Jena, S. Dalal, "The Idempotency-Key HTTP Header Field" (IETF draft, 2025).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Response, request
from sqlalchemy import ColumnElement, delete, event, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer
from wiki.api.idempotency.models import IdempotencyKey
from wiki.database import StorageUnavailable, db, insert_into, utcnow, write_transaction
from wiki.web.programs.problems import Problem

MAX_KEY = 255  # characters
KEPT_FOR = timedelta(hours=24)
_HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
log = logging.getLogger(__name__)


def respond_once(act: Callable[[], Response]) -> Response:
    """The response of `act`, or the stored one if this request was answered before.

    A request that failed before anything was stored can be repeated. If it failed later, a
    repetition gets 409, which asks the client to check what happened. Raises `Problem` (400,
    409, 422).
    """
    key, user_id = request.headers.get(_HEADER), current_viewer().user_id
    if key is None or user_id is None:
        return act()
    if not 0 < len(key) <= MAX_KEY:
        words = f"Send a key of 1 to {MAX_KEY} characters."
        raise Problem(400, "Invalid idempotency key", words, kind="idempotency")
    key_hash, request_hash = _hash(key.encode("utf-8", "replace")), _request_hash()
    if not _claim(user_id, key_hash, request_hash):
        return _answer_again(user_id, key_hash, request_hash)
    with _commits() as stored:
        try:
            response = act()
        except BaseException:
            if not stored:
                _forget(user_id, key_hash)
            raise
    try:
        _keep(user_id, key_hash, response)
    except (SQLAlchemyError, StorageUnavailable):
        # The work is done; a repetition gets 409, as after an interruption.
        log.exception("The response to a request with an idempotency key could not be kept")
    return response


@contextmanager
def _commits() -> Iterator[list[Session]]:
    """Collects the transactions that this thread commits inside the block."""
    stored: list[Session] = []
    session, note = db.session(), stored.append
    event.listen(session, "after_commit", note)
    try:
        yield stored
    finally:
        event.remove(session, "after_commit", note)


def prune() -> None:
    """Delete responses that are too old to be replayed."""
    with write_transaction() as session:
        session.execute(delete(IdempotencyKey).where(_is_old()))


def _is_old() -> ColumnElement[bool]:
    return IdempotencyKey.created_at < utcnow() - KEPT_FOR


def _hash(text: bytes) -> str:
    return sha256(text).hexdigest()


def _request_hash() -> str:
    sent = request.get_data() if request.mimetype == "application/json" else _uploaded()
    base = request.headers.get("If-Match", "")  # on another revision it is another request
    return _hash(f"{request.method} {request.full_path} {base}\n".encode() + sent)


def _uploaded() -> bytes:
    """What identifies a form with files: its fields and the hashes of its files."""
    parts = [repr(sorted(request.form.items(multi=True)))]
    for file in request.files.getlist("file"):
        digest = sha256()
        while piece := file.stream.read(1 << 16):
            digest.update(piece)
        file.stream.seek(0)
        parts.append(f"{file.filename} {digest.hexdigest()}")
    return "\n".join(parts).encode("utf-8", "replace")


def _claim(user_id: int, key_hash: str, request_hash: str) -> bool:
    """Whether this is the first request with the key."""
    row = {"user_id": user_id, "key_hash": key_hash, "request_hash": request_hash}
    with write_transaction() as session:
        session.execute(delete(IdempotencyKey).where(*_is(user_id, key_hash), _is_old()))
        insert = insert_into(session, IdempotencyKey).values(
            **row, created_at=utcnow(), location="", etag="", body=b""
        )
        made = session.scalar(insert.on_conflict_do_nothing().returning(IdempotencyKey.user_id))
        return made is not None


def _answer_again(user_id: int, key_hash: str, request_hash: str) -> Response:
    found = db.session.get(IdempotencyKey, (user_id, key_hash), populate_existing=True)
    if found is None or (found.status is None and found.request_hash == request_hash):
        raise Problem(
            409,
            "Request in progress",
            "The same request is being processed, or was interrupted. Send it again in a moment. "
            "If this answer persists, check what was stored before you use a new key.",
            kind="idempotency",
            headers={"Retry-After": "1"},
        )
    if found.request_hash != request_hash:
        words = "This key was sent with another request. Use a new key for each request."
        raise Problem(422, "Idempotency key used before", words, kind="idempotency")
    response = Response(found.body, found.status, mimetype="application/json")
    if found.location:
        response.headers["Location"] = found.location
    if found.etag:
        response.headers["ETag"] = found.etag
    response.headers[REPLAYED] = "true"
    return response


def _keep(user_id: int, key_hash: str, response: Response) -> None:
    values = {
        "status": response.status_code,
        "location": response.headers.get("Location", ""),
        "etag": response.headers.get("ETag", ""),
        "body": response.get_data(),
    }
    with write_transaction() as session:
        session.execute(update(IdempotencyKey).where(*_is(user_id, key_hash)).values(**values))


def _forget(user_id: int, key_hash: str) -> None:
    db.session.rollback()
    with write_transaction() as session:
        session.execute(delete(IdempotencyKey).where(*_is(user_id, key_hash)))


def _is(user_id: int, key_hash: str) -> tuple[Any, Any]:
    return IdempotencyKey.user_id == user_id, IdempotencyKey.key_hash == key_hash
