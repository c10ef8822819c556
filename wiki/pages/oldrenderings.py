"""What old revisions look like, kept: making it may take seconds, and anybody may ask for it."""

import hashlib
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wiki.extensions import StorageUnavailable, db, utcnow, writing
from wiki.markup import RENDERER_VERSION, Rendered, beginning_of_source, render
from wiki.markup.wire import rendered_from_json, rendered_to_json
from wiki.pages.budget import SIZE
from wiki.pages.models import OldRendering

KEPT_BYTES = 32 * 1024 * 1024  # in the whole wiki, compressed; the oldest go
KEPT_FROM = 0.05  # seconds of rendering; keeping takes some, too
_LINK_SIZE = 80  # bytes that a link takes more once it leads somewhere
_HEADING_SIZE = 90  # bytes of an entry in the contents, beside its text


@dataclass(frozen=True, slots=True)
class Shown:
    """A rendering that a page has room for; `is_cut` when it is the source's beginning instead."""

    rendered: Rendered
    is_cut: bool


def shown_as_of(text: str, path: str) -> Shown:
    """How `text` is shown to who reads it as an old revision of the page at `path`. Never raises.

    It is kept when making it took time, unless there was not enough of it.
    """
    key = hashlib.sha256(f"{RENDERER_VERSION}\n{path}\n{text}".encode()).hexdigest()
    body = db.session.scalar(select(OldRendering.body).where(OldRendering.key == key))
    if body is not None and (kept := rendered_from_json(zlib.decompress(body))) is not None:
        return Shown(kept, is_cut=not kept.is_complete)
    began = monotonic()
    # HTML is hardly ever shorter than its source: what will be too long is not made.
    rendered = render("" if len(text) > SIZE else text, path=path, for_reader=True)
    is_cut = len(text) > SIZE or not rendered.is_complete or _size(rendered) > SIZE
    if is_cut:
        html = beginning_of_source(text, SIZE // 2)
        rendered = replace(rendered, html=html, outline=(), links=(), is_complete=False)
    if monotonic() - began > KEPT_FROM and not rendered.is_overloaded:
        with suppress(StorageUnavailable):
            _keep(key, rendered)
    return Shown(rendered, is_cut)


def _size(rendered: Rendered) -> int:
    """Bytes that it takes in a page."""
    links = _LINK_SIZE * rendered.html.count('<a class="wikilink"')
    headings = sum(_HEADING_SIZE + len(heading.text) for heading in rendered.outline)
    return len(rendered.html.encode()) + links + headings


def _keep(key: str, rendered: Rendered) -> None:
    # What only search needs of a page stays out.
    slim = replace(rendered, sections=(), headings=(), code="", body="", plain="", tasks=())
    body = zlib.compress(json.dumps(rendered_to_json(slim)).encode())
    with writing(patience=0) as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert(OldRendering) if is_sqlite else postgresql.insert(OldRendering)
        row = {"key": key, "size": len(body), "kept_at": utcnow(), "body": body}
        session.execute(insert.values(**row).on_conflict_do_nothing())
        _drop_oldest(session)


def _drop_oldest(session: Session) -> None:
    total = session.scalar(select(func.sum(OldRendering.size))) or 0
    oldest = select(OldRendering.key, OldRendering.size).order_by(OldRendering.kept_at)
    gone: list[str] = []
    for key, size in session.execute(oldest) if total > KEPT_BYTES else ():
        if total <= KEPT_BYTES:
            break
        gone.append(key)
        total -= size
    session.execute(delete(OldRendering).where(OldRendering.key.in_(gone)))


def forget_old_renderings(session: Session) -> None:
    """Inside an erasure: what was erased may stand in any of them."""
    session.execute(delete(OldRendering))
