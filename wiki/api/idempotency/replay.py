"""A request sent again with its key gets the same answer, and nothing is done twice.

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


def answered_once(act: Callable[[], Response]) -> Response:
    """What `act` answers, or answered before to this request. Raises `Problem`.

    A request that failed and stored nothing may be sent again. Of one that failed after something
    was stored, whoever sends it again is told to look, as after an interruption.
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
        # It is done: who sends it again is told that it may be, as after an interruption.
        log.exception("The answer to a request with an idempotency key could not be kept")
    return response


@contextmanager
def _commits() -> Iterator[list[Session]]:
    """What is stored meanwhile in this thread: one entry for each transaction."""
    stored: list[Session] = []
    session, note = db.session(), stored.append
    event.listen(session, "after_commit", note)
    try:
        yield stored
    finally:
        event.remove(session, "after_commit", note)


def prune() -> None:
    """Forget the answers that nobody is given any more."""
    with write_transaction() as session:
        session.execute(delete(IdempotencyKey).where(_is_old()))


def _is_old() -> ColumnElement[bool]:
    return IdempotencyKey.created_at < utcnow() - KEPT_FOR


def _hash(text: bytes) -> str:
    return sha256(text).hexdigest()


def _request_hash() -> str:
    sent = request.get_data() if request.mimetype == "application/json" else _uploaded()
    return _hash(f"{request.method} {request.full_path}\n".encode() + sent)


def _uploaded() -> bytes:
    """What tells a form with files from another: its fields, and what the files hold."""
    parts = [repr(sorted(request.form.items(multi=True)))]
    for file in request.files.getlist("file"):
        digest = sha256()
        while piece := file.stream.read(1 << 16):
            digest.update(piece)
        file.stream.seek(0)
        parts.append(f"{file.filename} {digest.hexdigest()}")
    return "\n".join(parts).encode("utf-8", "replace")


def _claim(user_id: int, key_hash: str, request_hash: str) -> bool:
    """Whether this request is the first one with the key."""
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
            "Still being done",
            "The same request is being answered, or was interrupted. Send it again in a moment; "
            "if this stays, look what became of it before you use another key.",
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
